/**
 * Follows a picture from part to part as its bytes pass: each part says how long it is, so what stands within one, such as the small picture in a
 * photo, is gone past whole. Whether the picture came to its end is known then, whatever somebody has put behind it.
 */

/** What comes next in a JPEG: a marker, its code, the two bytes of a length, or what was compressed. */
type At = 'marker' | 'code' | 'high' | 'low' | 'scan' | 'scan code';
/** Every marker begins with it. */
const SIGN = 0xff;
const END_OF_IMAGE = 0xd9;
const START_OF_SCAN = 0xda;
const START_OF_IMAGE = 0xd8;
/** These stand alone; every other marker has a length. */
const isAlone = (code: number): boolean => code === 0x01 || (code >= 0xd0 && code <= START_OF_IMAGE);
const PNG_SIGNATURE = 8;
/** Its length, its type, and behind the data a checksum. */
const CHUNK = { begin: 8, checksum: 4, end: 'IEND' } as const;

/** Whole = a scan and, after it, the end of the image. Where another image begins before that, this one was cut off. */
export class JpegWalk {
  isWhole = false;
  #at: At = 'marker';
  #code = 0;
  #length = 0;
  #skip = 0;
  #hasScan = false;
  #hasBegun = false;
  #isCut = false;

  take(piece: Uint8Array): void {
    for (let i = 0; i < piece.length && !this.isWhole; i += 1) {
      const skipped = Math.min(this.#skip, piece.length - i);
      this.#skip -= skipped;
      i += skipped;
      if (this.#at === 'marker' || this.#at === 'scan') i = nextSign(piece, i);
      const byte = piece[i];
      if (byte !== undefined) this.#see(byte);
    }
  }

  #see(byte: number): void {
    if (this.#at === 'high') [this.#length, this.#at] = [byte * 256, 'low'];
    else if (this.#at === 'low') this.#pass(this.#length + byte);
    else if (this.#at === 'code' || this.#at === 'scan code') this.#begin(byte, this.#at === 'scan code');
    else this.#at = this.#at === 'scan' ? 'scan code' : 'code';
  }

  #begin(code: number, inScan: boolean): void {
    if (code === SIGN || this.#isCut) return;
    this.#isCut = code === START_OF_IMAGE && this.#hasBegun;
    this.#hasBegun ||= code === START_OF_IMAGE;
    if (code === 0 || isAlone(code)) this.#at = inScan ? 'scan' : 'marker';
    else if (code === END_OF_IMAGE) [this.isWhole, this.#at] = [this.#hasScan, 'marker'];
    else [this.#code, this.#at] = [code, 'high'];
  }

  /** The length counts its own two bytes. */
  #pass(length: number): void {
    this.#skip = Math.max(0, length - 2);
    this.#hasScan ||= this.#code === START_OF_SCAN;
    this.#at = this.#code === START_OF_SCAN ? 'scan' : 'marker';
  }
}

/** Where the next marker can begin: behind the end when none does. */
function nextSign(piece: Uint8Array, from: number): number {
  const at = piece.indexOf(SIGN, from);
  return at === -1 ? piece.length : at;
}

/** Whole = its last chunk is there. */
export class PngWalk {
  isWhole = false;
  #skip = PNG_SIGNATURE;
  #begin: number[] = [];
  #isLast = false;

  take(piece: Uint8Array): void {
    for (let i = 0; i < piece.length && !this.isWhole; i += 1) {
      const skipped = Math.min(this.#skip, piece.length - i);
      this.#skip -= skipped;
      i += skipped;
      if (this.#skip === 0 && this.#isLast) this.isWhole = true;
      const byte = piece[i];
      if (byte !== undefined) this.#see(byte);
    }
  }

  #see(byte: number): void {
    this.#begin.push(byte);
    if (this.#begin.length < CHUNK.begin) return;
    const begin = Buffer.from(this.#begin);
    this.#isLast = begin.toString('latin1', 4) === CHUNK.end;
    this.#skip = begin.readUInt32BE(0) + CHUNK.checksum;
    this.#begin = [];
  }
}
