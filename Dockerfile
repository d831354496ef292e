# Built and pruned in the full image, which has the compiler that better-sqlite3 may need; run in the slim one as a
# plain user. Nothing but the volume is written to, so the root file system can be read-only. It listens on all addresses
# of its container, and there is no default for who may call: --auth tokens:FILE or --auth none has to be given.
#
# Built on 24.18: compiled with the headers of 24.19 and newer, better-sqlite3 12 ends the process at some garbage collection
# (.ci/mend-sqlite has the story). So it is compiled here, whatever ready binary there may be; the newest 24 runs it.
FROM node:24.18-bookworm AS build
ENV npm_config_build_from_source=true npm_config_nodedir=/usr/local
WORKDIR /app
COPY package.json package-lock.json .npmrc ./
RUN npm ci
COPY . .
RUN npm run build && npm prune --omit=dev

FROM node:24-bookworm-slim
ENV NODE_ENV=production \
    KUBEJOBS_HOST=0.0.0.0 \
    KUBEJOBS_STORE=sqlite:/var/lib/kubejobs/kubejobs.db
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/deploy ./deploy
RUN mkdir /var/lib/kubejobs && chown node:node /var/lib/kubejobs
USER node
VOLUME /var/lib/kubejobs
EXPOSE 8000
ENTRYPOINT ["node", "/app/dist/cmd/kubejobs/main.js"]
