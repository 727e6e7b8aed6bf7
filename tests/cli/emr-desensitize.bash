# Shared by the tests of emr-desensitize: a key and a record.
# Use: `load emr-desensitize`, then `desensitize_setup` in setup.
# shellcheck disable=SC2034

desensitize_setup() {
  load ../tool
  tool_setup
  head -c 32 /dev/urandom | od -An -v -tx1 | tr -d ' \n' > key
  chmod 600 key
  record='{"type":"emr.record","v":1,"recordId":"h:1:C0002","version":1,"docType":{"code":"C0002"},"confidentiality":"N","org":{"id":"123301004701234567"},"patient":{"localId":"P1","identifiers":[{"type":"01","value":"11010519491231002X"}],"name":"张某某","sex":"2","birthDate":"1949-12-31","phone":"13800000000","address":"北京市朝阳区示例路1号"},"visit":{"id":"V1","type":"1","start":"2026-11-22T01:15:00Z"},"author":{"doctorId":"D1","name":"李医生"},"recorded":"2026-11-22T01:40:00Z","history":{"chiefComplaint":"咳嗽3天"}}'
}
