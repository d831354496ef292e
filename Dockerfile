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
LABEL org.opencontainers.image.title=kubejobs \
    org.opencontainers.image.description="A durable priority queue that takes jobs over HTTP and runs them as Kubernetes workloads." \
    org.opencontainers.image.licenses=Apache-2.0
ENV NODE_ENV=production \
    KUBEJOBS_HOST=0.0.0.0 \
    KUBEJOBS_STORE=sqlite:/var/lib/kubejobs/kubejobs.db
WORKDIR /app
COPY --from=build /app/package.json /app/LICENSE /app/openapi.yaml ./
COPY --from=build /app/node_modules ./node_modules
COPY --from=build /app/dist ./dist
COPY --from=build /app/deploy ./deploy
RUN ln -s /app/dist/cmd/kubejobs/main.js /usr/local/bin/kubejobs && mkdir /var/lib/kubejobs && chown node:node /var/lib/kubejobs
# The user node, by number: so a cluster can see that it is not root.
USER 1000:1000
VOLUME /var/lib/kubejobs
EXPOSE 8000
# For docker alone, Kubernetes has probes of its own. Where --port is given as a flag, give KUBEJOBS_PORT instead.
HEALTHCHECK --interval=10s --timeout=3s --start-period=300s --retries=6 \
    CMD ["node", "-e", "fetch(`http://127.0.0.1:${process.env.KUBEJOBS_PORT ?? 8000}/livez`).then(({ ok }) => process.exit(ok ? 0 : 1), () => process.exit(1))"]
ENTRYPOINT ["node", "/app/dist/cmd/kubejobs/main.js"]
