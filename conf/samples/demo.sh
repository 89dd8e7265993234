#!/usr/bin/env bash
# The demo platform: four sample agencies behind a gateway, one consumer, one signed call.
#   demo.sh up|down BUILD_FOLDER DEMO_FOLDER
set -euo pipefail

action=$1 build=$2 demo=$3
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
hutong=$build/gateway/main/hutong
agencies=$(find "$build/stubs" -name hutong-agencies -type f | head -1)
consumer=$(find "$build/stubs" -name hutong-demo-consumer -type f | head -1)
home=$demo/home
export HUTONG_HOME=$home

say() { printf '\033[1m%s\033[0m\n' "$*"; }
die() { printf 'demo: %s\n' "$*" >&2; exit 1; }

# running NAME: whether the process of NAME.pid lives and is still that program.
running() {
    local pid
    pid=$(cat "$demo/$1.pid" 2>/dev/null) && [ "$(cat "/proc/$pid/comm" 2>/dev/null)" = "${2:0:15}" ]
}

# outdated NAME: whether it runs a program that a newer build has replaced.
outdated() { [[ $(readlink "/proc/$(cat "$demo/$1.pid")/exe") == *" (deleted)" ]]; }

# start NAME PROGRAM ARGUMENT…: in the background, output to NAME.log, pid to NAME.pid.
start() {
    local name=$1
    shift
    setsid "$@" >>"$demo/$name.log" 2>&1 </dev/null &
    echo $! >"$demo/$name.pid"
}

stop() {
    running "$1" "$2" || return 0
    local pid i
    pid=$(cat "$demo/$1.pid")
    kill "$pid"
    for i in $(seq 100); do
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    rm -f "$demo/$1.pid"
    echo "stopped $1"
}

# known KIND ID: whether the platform has that org or consumer.
known() { "$hutong" "$1" list | grep -q "^$2 "; }

# register ORG NAME SERVICE WSDL: publishes one agency's service; again changes nothing.
register() {
    local org=$1 name=$2 service=$3 wsdl=$4
    known org "$org" || "$hutong" org add "$org" --name "$name" >/dev/null
    "$hutong" service publish "$root/wsdl/contracts/agencies/$wsdl" --org "$org" --name "$service" --endpoint "$(endpoint_of "$service")"
}

endpoint_of() {
    /usr/bin/python3 - "$demo/ports.json" "$1" <<'PY'
import json, sys
print(json.load(open(sys.argv[1]))[sys.argv[2]]["url"])
PY
}

# The embedded server's socket folder is the fifth line of its lock file.
database_url() { echo "postgresql://hutong@/hutong?host=$(sed -n 5p "$home/pg/data/postmaster.pid" | sed 's|/|%2F|g')"; }

up() {
    mkdir -p "$demo"
    if [ ! -f "$demo/founded" ]; then
        say "Founding a platform in $home"
        rm -rf "$home"      # what an interrupted run may have left
        "$hutong" init --home "$home" --http 127.0.0.1:8080 --https 127.0.0.1:8443 --public-url https://localhost:8443
        touch "$demo/founded"
    fi
    if running gateway hutong && outdated gateway; then stop gateway hutong; fi
    if running agencies hutong-agencies && outdated agencies; then stop agencies hutong-agencies; fi
    if ! running gateway hutong; then
        start gateway "$hutong" serve --home "$home"
        "$hutong" status --wait 60 >/dev/null || { tail -5 "$demo/gateway.log" >&2; die "the gateway did not start"; }
    fi
    if ! running agencies hutong-agencies; then
        rm -f "$demo/ports.json"
        start agencies "$agencies" --database "$(database_url)" --port 0 --ports-file "$demo/ports.json"
        for _ in $(seq 300); do [ -s "$demo/ports.json" ] && break; sleep 0.1; done
        [ -s "$demo/ports.json" ] || { tail -5 "$demo/agencies.log" >&2; die "the sample agencies did not start"; }
    fi

    say "Registering the sample agencies"
    register gs       工商行政管理局     company   company.wsdl
    register guoshui  国家税务局         state-tax state-tax.wsdl
    register dishui   地方税务局         local-tax local-tax.wsdl
    register zhijian  质量技术监督局     org-code  org-code.wsdl

    say "Registering a consumer with a certificate"
    if [ ! -f "$demo/consumer.pem" ]; then
        known consumer hall || "$hutong" consumer add hall --org gs >/dev/null
        openssl req -new -newkey rsa:2048 -nodes -keyout "$demo/consumer.key" -subj "/CN=hall" -out "$demo/consumer.csr" 2>/dev/null
        "$hutong" cert issue --csr "$demo/consumer.csr" --consumer hall --out "$demo/consumer.pem"
    fi
    for service in gs/company guoshui/state-tax dishui/local-tax zhijian/org-code; do "$hutong" grant hall "$service"; done

    curl -sf http://127.0.0.1:8080/pki/ca.pem -o "$demo/ca.pem"
    say "A signed call by a gSOAP client: SOAP with WS-Security through the gateway"
    local code
    code=$("$agencies" --list-codes 1 | cut -d' ' -f1)
    "$consumer" --endpoint http://127.0.0.1:8080/services/gs/company --key "$demo/consumer.key" --cert "$demo/consumer.pem" \
        --ca "$demo/ca.pem" --operation get-company --code "$code"
    # gSOAP's Timestamp counts in whole seconds: within one, the same call would be refused as a replay.
    sleep 1
    say "The same call altered on its way: refused (with a P-256 signature, which gSOAP cannot verify)"
    "$consumer" --endpoint http://127.0.0.1:8080/services/gs/company --key "$demo/consumer.key" --cert "$demo/consumer.pem" \
        --ca "$demo/ca.pem" --operation get-company --code "$code" --tamper --expect-fault
    say "The evidence of it"
    "$hutong" journal list --limit 3

    cat <<TEXT

Hutong runs.
  contracts   http://127.0.0.1:8080/services/gs/company?wsdl  (and guoshui/state-tax, dishui/local-tax, zhijian/org-code)
  an agency   $(endpoint_of company)  (an argument of GetCompany: creditCode=$code)
  CA          http://127.0.0.1:8080/pki/ca.pem
  health      http://127.0.0.1:8080/readyz
  metrics     http://127.0.0.1:8080/metrics
  commands    HUTONG_HOME=$home $hutong --help
  stop it     ./dev down
TEXT
}

case $action in
    up) up ;;
    down)
        stop agencies hutong-agencies
        stop gateway hutong
        ;;
    *) die "usage: demo.sh up|down BUILD_FOLDER DEMO_FOLDER" ;;
esac
