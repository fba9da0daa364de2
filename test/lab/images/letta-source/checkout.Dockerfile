# The lab's own, with the targets of upstream's: that one downloads Node and a telemetry collector from hosts that the
# lab does not reach. The dependencies come from the lab's image, the source from this folder.
FROM letta/letta:0.16.8 AS builder
RUN rm -rf /app/letta /app/alembic /app/alembic.ini
COPY letta /app/letta
COPY alembic /app/alembic
COPY alembic.ini pyproject.toml /app/
RUN chmod 755 /app/letta/server/startup.sh

FROM builder AS runtime
LABEL letta-stack.lab.target=runtime

FROM runtime AS development
LABEL letta-stack.lab.target=development
