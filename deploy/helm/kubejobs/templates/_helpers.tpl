{{- define "kubejobs.fullname" -}}
{{- contains .Chart.Name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name .Chart.Name) | trunc 50 | trimSuffix "-" }}
{{- end }}

{{- define "kubejobs.selectorLabels" -}}
app.kubernetes.io/name: kubejobs
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "kubejobs.labels" -}}
{{ include "kubejobs.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}

{{- define "kubejobs.image" -}}
{{- with .Values.image }}{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}{{ end }}
{{- end }}

{{- define "kubejobs.serviceAccount" -}}
{{- .Values.serviceAccount.name | default (include "kubejobs.fullname" .) }}
{{- end }}

{{- define "kubejobs.tokensSecret" -}}
{{- .Values.auth.existingSecret | default (printf "%s-tokens" (include "kubejobs.fullname" .)) }}
{{- end }}

{{- define "kubejobs.jobsNamespace" -}}
{{- .Values.jobs.namespace | default (printf "%s-jobs" .Release.Namespace) }}
{{- end }}

{{- /* What would let a job read the tokens. */ -}}
{{- define "kubejobs.refuseOwnNamespace" -}}
{{- if has .Release.Namespace (append .Values.jobs.namespaces (include "kubejobs.jobsNamespace" .)) }}
{{- fail (printf "jobs must not run in %s, the namespace of kubejobs itself: a pod there could read its tokens" .Release.Namespace) }}
{{- end }}
{{- end }}

{{- /* The files of deploy/rbac whose rights are needed in every namespace of jobs. */ -}}
{{- define "kubejobs.rights" -}}
namespace
{{- range $name, $on := .Values.controllers }}{{ if $on }} {{ $name }}{{ end }}{{ end }}
{{- if and .Values.controllers.results (ne .Values.resultsTtl "never") }} results-ttl{{ end }}
{{- if .Values.pytorchjobs }} pytorchjobs{{ end }}
{{- end }}

{{- /* The policy file: `policy` alone, for the rest are options. */ -}}
{{- define "kubejobs.files" -}}
{{- with .Values.policy }}
policy.yaml: |
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.jobTemplate }}
job-template.yaml: |
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}

{{- /* The command line. */ -}}
{{- define "kubejobs.args" -}}
{{- $controllers := list }}
{{- range $name, $on := .Values.controllers }}{{ if $on }}{{ $controllers = append $controllers $name }}{{ end }}{{ end -}}
- serve
- --host=0.0.0.0
- --port=8000
- --auth={{ if eq .Values.auth.mode "tokens" }}tokens:/etc/kubejobs/auth/tokens.yaml{{ else }}none{{ end }}
- --store={{ if eq .Values.store.kind "sqlite" }}sqlite:/var/lib/kubejobs/kubejobs.db{{ else }}memory{{ end }}
- --namespace={{ include "kubejobs.jobsNamespace" . }}
{{- with .Values.jobs.namespaces }}
- {{ printf "--namespaces=%s" (join "," .) | quote }}
{{- end }}
- --pod-security={{ .Values.jobs.podSecurity }}
- --controllers={{ join "," $controllers | default "none" }}
{{- if .Values.controllers.results }}
- --results-ttl={{ .Values.resultsTtl }}
{{- end }}
{{- with .Values.maxConcurrency }}
- --max-concurrency={{ int . }}
{{- end }}
{{- if .Values.policy }}
- --policy=/etc/kubejobs/files/policy.yaml
{{- end }}
{{- if .Values.jobTemplate }}
- --job-template=/etc/kubejobs/files/job-template.yaml
{{- end }}
{{- with .Values.webhooks }}{{ if .hosts }}
- {{ printf "--webhooks=%s" (join "," .hosts) | quote }}
- --webhook-secret-file=/etc/kubejobs/webhooks/{{ .key }}
{{- end }}{{ end }}
{{- range $name, $value := .Values.options }}
{{- if kindIs "bool" $value }}{{ if $value }}
- --{{ $name }}
{{- end }}{{ else }}
- {{ printf "--%s=%v" $name (kindIs "float64" $value | ternary (int64 $value) $value) | quote }}
{{- end }}
{{- end }}
{{- end }}
