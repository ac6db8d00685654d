-- Two more choices: who abstains has read it and gives no vote, who recuses has a conflict of interest.
ALTER TABLE sign_offs
  DROP CONSTRAINT sign_offs_choice_check, ADD CONSTRAINT sign_offs_choice_check CHECK (choice IN ('APPROVE', 'REQUEST_CHANGES', 'REJECT', 'ABSTAIN', 'RECUSE')),
  DROP CONSTRAINT sign_offs_meaning_check, ADD CONSTRAINT sign_offs_meaning_check CHECK (meaning IN ('REVIEWED', 'APPROVED', 'REJECTED', 'ABSTAINED', 'RECUSED'));
