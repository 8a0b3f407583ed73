# syntax=docker/dockerfile:1
# The one image: operator, runner, agent and every command of `robustness`; the first argument says which.
# Without a Docker engine, hack/image makes the same image of the same files.
FROM eclipse-temurin:25-jdk-noble AS build
RUN apt-get update && apt-get install -y --no-install-recommends binutils
WORKDIR /source
COPY . .
RUN --mount=type=cache,target=/root/.m2 ./mvnw -q -B -pl operator -am package -DskipTests -Dspotless.check.skip=true
RUN hack/image.d/rootfs operator/target/image/lib /rootfs

FROM scratch
COPY --from=build /rootfs /
# hack/image reads the lines from here on.
ENV LANG=C.UTF-8
USER 10001:10001
WORKDIR /work
ENTRYPOINT ["/opt/robustness/bin/robustness"]
