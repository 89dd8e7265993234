# Bash completion for hutong: commands, options, and ids that the running node knows.

_hutong_ids() {
    # What the node lists, if it runs; silent otherwise.
    local home=${HUTONG_HOME:-} i
    for ((i = 1; i < COMP_CWORD; i++)); do
        [[ ${COMP_WORDS[i]} == --home ]] && home=${COMP_WORDS[i + 1]}
    done
    [[ -n $home ]] || return
    "${COMP_WORDS[0]}" "$1" list --home "$home" 2>/dev/null | awk 'NR > 1 { print $1 }'
}

_hutong() {
    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD - 1]} command= below= position=0 i
    COMPREPLY=()
    case $before in
        --home) compopt -o dirnames; return ;;
        --csr | --cert | --certificate | --root | --caller-root | --tsa-root | --heads | --root-key | --out | --file) compopt -o default; return ;;
        --org) mapfile -t COMPREPLY < <(compgen -W "$(_hutong_ids org)" -- "$word"); return ;;
        --consumer) mapfile -t COMPREPLY < <(compgen -W "$(_hutong_ids consumer)" -- "$word"); return ;;
        --set)
            mapfile -t COMPREPLY < <(compgen -S = -W "preset backend identity backend_key backend_domain replay signature_confirmation accept_weak
                request.sign_body request.timestamp request.sign_addressing request.sign_headers request.sign_attachments
                request.encrypt_body request.encrypt_headers request.accept_x509 request.accept_username request.accept_saml
                request.signature_algorithms request.content_algorithms request.key_transports request.clock_skew
                request.freshness response.sign response.sign_addressing response.sign_headers response.signature_algorithm
                response.encrypt_body response.encrypt_headers response.freshness" -- "$word")
            compopt -o nospace
            return ;;
        --policy) mapfile -t COMPREPLY < <(compgen -f -W "plain sign sign-encrypt" -- "$word"); return ;;
        --journal) mapfile -t COMPREPLY < <(compgen -W "full evidence metadata none" -- "$word"); return ;;
        --by) mapfile -t COMPREPLY < <(compgen -W "hour day month" -- "$word"); return ;;
        --state) mapfile -t COMPREPLY < <(compgen -W "waiting accepted refused withdrawn" -- "$word"); return ;;
        --validation) mapfile -t COMPREPLY < <(compgen -W "on off" -- "$word"); return ;;
        --forward) mapfile -t COMPREPLY < <(compgen -W "stripped unchanged re-signed" -- "$word"); return ;;
        --kind) mapfile -t COMPREPLY < <(compgen -W "rsa p256 sm2" -- "$word"); return ;;
        --purpose) mapfile -t COMPREPLY < <(compgen -W "sign decrypt" -- "$word"); return ;;
        --answer-key) mapfile -t COMPREPLY < <(compgen -W "rsa p256 sm2" -- "$word"); return ;;
        --role) mapfile -t COMPREPLY < <(compgen -W "system security auditor" -- "$word"); return ;;
        --reason)
            [[ " ${COMP_WORDS[*]} " == *" cert "* ]] || return
            mapfile -t COMPREPLY < <(compgen -W "unspecified keyCompromise cACompromise affiliationChanged superseded
                cessationOfOperation privilegeWithdrawn aACompromise" -- "$word")
            return ;;
        --database | --token | --http | --https | --public-url | --name | --endpoint | --operation | --service | \
            --wait | --since | --end | --from | --to | --limit | --as | --officer | --command | --outcome) return ;;
    esac
    # The command, its second word where it has one, and how many words were given after them.
    for ((i = 1; i < COMP_CWORD; i++)); do
        case ${COMP_WORDS[i]} in
            --json | --no-validation | --draft | --accept-breaking | --force | --help) ;;
            -*) ((i++)) ;;
            *)
                if [[ -z $command ]]; then
                    command=${COMP_WORDS[i]}
                elif [[ -z $below && $command =~ ^(org|consumer|publisher|service|ca|cert|trust|security-key|node|journal|config|completion|officers|account|proposals|audit)$ ]]; then
                    below=${COMP_WORDS[i]}
                elif [[ -z $below && $position == 0 && "$command ${COMP_WORDS[i]}" =~ ^grant\ (request|list|accept|refuse|withdraw)$ ]]; then
                    below=${COMP_WORDS[i]}
                else
                    ((position++))
                fi ;;
        esac
    done
    local words="--home --json --as --credential-file --help"
    case $command/$below in
        /) words+=" init join serve status org consumer publisher service grant ungrant meter catalogue search ca cert trust security-key node journal config
            officers account proposals audit commands command doctor
            completion version" ;;
        init/) words+=" --database --http --https --public-url --sm2 --key --pkcs11-module --pin-file --passphrase-file" ;;
        join/) words+=" --database --token --wait --http --https --public-url --sm2 --key --pkcs11-module --pin-file --passphrase-file" ;;
        status/) words+=" --wait" ;;
        org/) words+=" add list" ;;
        org/add) words+=" --name" ;;
        consumer/) words+=" add certificate list password saml vouches warnings" ;;
        publisher/) words+=" add password certificate remove list" ;;
        publisher/add) words+=" --org" ;;
        publisher/password | publisher/remove) words+=" $(_hutong_ids publisher)" ;;
        publisher/certificate) words+=" --cert $(_hutong_ids publisher)" ;;
        consumer/password) words+=" --generate --remove $(_hutong_ids consumer)" ;;
        consumer/saml) words+=" --remove $(_hutong_ids consumer)" ;;
        consumer/warnings) words+=" $(_hutong_ids consumer)" ;;
        consumer/vouches) words+=" --no $(_hutong_ids consumer)" ;;
        consumer/certificate) words+=" --cert --encryption-cert $(_hutong_ids consumer)" ;;
        consumer/add) words+=" --org --cert --encryption-cert --answer-key" ;;
        service/) words+=" publish install list show policy settings submit approve refuse online deprecate offline retire
            history drafts diff" ;;
        service/publish)
            words+=" --org --name --endpoint --policy --service --journal --forward --no-validation --draft --accept-breaking --reason --if-match"
            compopt -o default ;;
        service/install) words+=" security --org --name --journal --if-match" ;;
        service/submit | service/approve | service/refuse | service/online) words+=" --reason --if-match $(_hutong_ids service)" ;;
        service/deprecate) words+=" --end --reason --force --if-match $(_hutong_ids service)" ;;
        service/diff) words+=" --from --to --file $(_hutong_ids service)" ;;
        service/offline) words+=" --reason --force --if-match $(_hutong_ids service)" ;;
        service/retire) words+=" --reason --force --if-match $(_hutong_ids service)" ;;
        service/show | service/history) words+=" $(_hutong_ids service)" ;;
        service/policy) words+=" $(_hutong_ids service) --set --file --if-match" ;;
        service/settings) words+=" $(_hutong_ids service) --journal --validation --if-match" ;;
        grant/ | grant/request | ungrant/)
            words+=" --operation"
            [[ $below == request ]] && words+=" --reason"
            [[ $command/$below/$position == grant//0 ]] && words+=" request list accept refuse withdraw"
            case $position in
                0) words+=" $(_hutong_ids consumer)" ;;
                1) words+=" $(_hutong_ids service)" ;;
            esac ;;
        grant/list) words+=" --consumer --service --state" ;;
        grant/accept | grant/refuse | grant/withdraw) words+=" --reason $(_hutong_ids grant)" ;;
        meter/) words+=" --consumer --service --since --by" ;;
        catalogue/) words+=" list show set themes agencies regions" ;;
        catalogue/list) words+=" --theme --agency --region --after --limit" ;;
        catalogue/show) words+=" $(_hutong_ids service)" ;;
        catalogue/set) words+=" --title --abstract --provider --contact --theme --theme-name --region --identifier --keyword
            --published --begins --ends --online --maintainer --if-match $(_hutong_ids service)" ;;
        search/) words+=" --limit" ;;
        ca/) words+=" add list retire sign" ;;
        ca/add) words+=" --kind --uri --out --certificate" ;;
        ca/sign) words+=" --csr --root-key --root --out" ;;
        cert/) words+=" approve history issue list refuse renew request requests revoke show" ;;
        cert/approve) words+=" --ca --out" ;;
        cert/issue) words+=" --csr --consumer --profile --name --dns --ca --out" ;;
        cert/show) words+=" --out $(_hutong_ids cert)" ;;
        proposals/approve) words+=" --out" ;;
        cert/refuse) words+=" --reason" ;;
        cert/renew) words+=" --csr --overlap --ca --out $(_hutong_ids cert)" ;;
        cert/request) words+=" --csr --consumer --profile --name --dns --renews --overlap" ;;
        cert/history) words+=" $(_hutong_ids cert)" ;;
        cert/revoke) words+=" --reason $(_hutong_ids cert)" ;;
        trust/) words+=" add list remove" ;;
        trust/add) words+=" --crl --ocsp --grace"; compopt -o default ;;
        trust/remove) words+=" $(_hutong_ids trust)" ;;
        security-key/) words+=" make list grant revoke" ;;
        security-key/make) words+=" --org --kind --purpose --uri" ;;
        security-key/grant | security-key/revoke)
            case $position in
                0) words+=" $(_hutong_ids security-key)" ;;
                1) words+=" $(_hutong_ids org)" ;;
            esac ;;
        node/) words+=" invite list" ;;
        journal/) words+=" list show verify export" ;;
        journal/list) words+=" --consumer --service --since --limit" ;;
        journal/export) words+=" --out --no-seal" ;;
        journal/verify) words+=" --root --caller-root --tsa-root --heads --most-mib"; compopt -o default ;;
        config/) words+=" check history" ;;
        officers/) words+=" add list disable enable unlock reset login logout password totp certificate two-persons
            separate recover recovery" ;;
        account/) words+=" add list disable enable unlock reset" ;;
        account/list) words+=" --org" ;;
        account/add) words+=" --org --role" ;;
        officers/add) words+=" --role" ;;
        officers/totp) words+=" --confirm" ;;
        officers/certificate) words+=" --remove --key --proof"; compopt -o default ;;
        officers/recovery) words+=" finish stop" ;;
        officers/two-persons) words+=" on off" ;;
        proposals/) words+=" list show approve refuse withdraw" ;;
        audit/) words+=" list accounts" ;;
        audit/list) words+=" --since --officer --command --outcome --limit" ;;
        completion/) words+=" bash" ;;
    esac
    mapfile -t COMPREPLY < <(compgen -W "$words" -- "$word")
}

complete -F _hutong hutong
