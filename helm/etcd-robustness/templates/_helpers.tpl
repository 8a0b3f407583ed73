{{- define "etcd-robustness.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "etcd-robustness.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" }}
{{- else if contains (include "etcd-robustness.name" .) .Release.Name }}
{{- .Release.Name | trunc 40 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "etcd-robustness.name" .) | trunc 40 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "etcd-robustness.selector" -}}
app.kubernetes.io/name: etcd-robustness
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end }}

{{- define "etcd-robustness.labels" -}}
{{ include "etcd-robustness.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- define "etcd-robustness.serviceAccount" -}}
{{- if .Values.serviceAccount.create }}
{{- default (include "etcd-robustness.fullname" .) .Values.serviceAccount.name }}
{{- else }}
{{- default "default" .Values.serviceAccount.name }}
{{- end }}
{{- end }}

{{- define "etcd-robustness.image" -}}
{{- if .Values.image.digest -}}
{{ .Values.image.repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ .Values.image.repository }}:{{ default .Chart.AppVersion .Values.image.tag }}
{{- end }}
{{- end }}

{{- define "etcd-robustness.tokens" -}}
{{- default (printf "%s-tokens" (include "etcd-robustness.fullname" .)) .Values.reports.auth.existingSecret }}
{{- end }}

{{- define "etcd-robustness.claim" -}}
{{- default (printf "%s-reports" (include "etcd-robustness.fullname" .)) .Values.reports.persistence.existingClaim }}
{{- end }}

{{/* Settings that are each right and wrong together, which a schema cannot say. */}}
{{- define "etcd-robustness.validate" -}}
{{- if gt (int .Values.replicas) 1 }}
{{- if not .Values.leaderElection.enabled }}
{{- fail "replicas: 2 needs leaderElection.enabled: true, else both would act on every test" }}
{{- end }}
{{- if not .Values.reports.persistence.enabled }}
{{- fail "replicas: 2 needs reports.persistence.enabled: true: with an emptyDir each replica would hold a part of the reports" }}
{{- end }}
{{- if and (not .Values.reports.persistence.existingClaim) (not (has "ReadWriteMany" .Values.reports.persistence.accessModes)) }}
{{- fail "replicas: 2 needs reports.persistence.accessModes: [ReadWriteMany], which both replicas can mount wherever they run" }}
{{- end }}
{{- end }}
{{- end }}

{{/* The namespace of `helm test`. */}}
{{- define "etcd-robustness.testNamespace" -}}
{{- if .Values.watch.namespaces }}{{ first .Values.watch.namespaces }}{{ else }}{{ .Release.Namespace }}{{ end }}
{{- end }}

{{/* The restricted Pod Security profile, as of pods and of containers. */}}
{{- define "etcd-robustness.podSecurityContext" -}}
runAsNonRoot: true
runAsUser: 10001
runAsGroup: 10001
fsGroup: 10001
fsGroupChangePolicy: OnRootMismatch
seccompProfile: {type: RuntimeDefault}
{{- end }}
{{- define "etcd-robustness.securityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: {drop: [ALL]}
{{- end }}

{{/* A duration such as 26h in seconds, for expressions of Prometheus. */}}
{{- define "etcd-robustness.seconds" -}}
{{- $number := regexFind "^[0-9]+" . | int64 }}
{{- get (dict "s" 1 "m" 60 "h" 3600 "d" 86400) (regexFind "[smhd]$" .) | int64 | mul $number }}
{{- end }}

{{/* Annotations of what `helm test` makes, in the order of the weight. What failed stays to be looked at. */}}
{{- define "etcd-robustness.hook" -}}
helm.sh/hook: test
helm.sh/hook-weight: {{ . | quote }}
helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
{{- end }}

{{/* The test that `helm test` runs, head and spec. */}}
{{- define "etcd-robustness.check" -}}
apiVersion: etcdrobustness.io/v1alpha1
kind: RobustnessTest
metadata:
  name: {{ printf "%s-check" (include "etcd-robustness.fullname" .) | trunc 40 | trimSuffix "-" }}
  namespace: {{ include "etcd-robustness.testNamespace" . }}
{{- end }}
{{- define "etcd-robustness.checkSpec" -}}
spec:
  duration: {{ .Values.test.duration }}
  cluster:
    replicas: 3
    version: {{ .Values.test.version }}
    storage: {type: EmptyDir}
  workload: {profile: Mixed, clients: 6, rate: 200/s}
  faults: {profile: Standard, interval: 6s, duration: 3s}
  pass: {minOperations: 2000, minFaultsConfirmed: 3}
  knownIssues: [etcd-15247, etcd-20589]
{{- end }}
