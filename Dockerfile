# The server as an image: built with everything, run with what production needs, by a user without rights of its own.
FROM node:24.21.0-slim AS build
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci --omit=optional --no-audit --no-fund
COPY tsconfig.json nest-cli.json .swcrc ./
COPY src ./src
RUN npm run build

FROM node:24.21.0-slim AS dependencies
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
# Optional are the embedded databases; here it is always an external one.
RUN npm ci --omit=dev --omit=optional --no-audit --no-fund

FROM node:24.21.0-slim
WORKDIR /app
ENV HOST=0.0.0.0 PORT=3000
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY package.json LICENSE ./
COPY bin ./bin
COPY migrations ./migrations
# The keys of embedded mode are kept here, those of production where COUNTERSIGN_KEYS says; everything else belongs to root and cannot be changed.
RUN mkdir .countersign && chown node:node .countersign
USER node
EXPOSE 3000
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 \
  CMD ["node", "--eval", "fetch(`http://127.0.0.1:${process.env.PORT}/health/ready`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
# Without a shell or npm between them, signals reach the server.
CMD ["node", "dist/src/main.js"]
