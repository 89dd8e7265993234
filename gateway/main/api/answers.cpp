#include "gateway/main/api/answers.hpp"

#include <algorithm>
#include <array>

#include <boost/json/array.hpp>

namespace hutong::api {

namespace json = boost::json;

namespace {

struct Row {
    std::string_view name, line;
};

constexpr std::array shape_rows{
    Row{"Account",
        "name role disabled:flag temporary:flag totp:flag certificate? failures:number locked_until? "
        "signed_in?"},
    Row{"AgencyAccount",
        "name role org disabled:flag temporary:flag totp:flag certificate? failures:number locked_until? "
        "signed_in?"},
    Row{"Change", "where what breaks"},
    Row{"Finding", "severity rule place text"},
    Row{"Grant", "consumer service operation?"},
    Row{"GrantOfService", "consumer operation?"},
    Row{"GrantRequest",
        "id state consumer consumer_org service operation? reason asked_by asked decision? decided_by? "
        "decided?"},
    Row{"Parameter", "name kind required:flag secret:flag reserved?"},
    Row{"Proposal", "id command proposer made expires state decided_by? org? outcome? digest"},
    Row{"RegisteredCertificate",
        "serial thumbprint subject profile ca consumer? not_before not_after status reason? renews? ends?"},
    Row{"IssuedCertificate",
        "serial thumbprint subject profile ca consumer? not_before not_after pem renews*"},
    Row{"CertificateRequest",
        "id state profile consumer? common_name organisation names:texts key key_text renews? "
        "overlap_days:number? serial? reason? made"},
    Row{"Replaced", "revision by at changed:texts"},
    Row{"Service",
        "service url version:number contract wsdl_service endpoints:texts policy status journal? forward "
        "validate:flag deprecated? ends? changed"},
    Row{"ServiceKey", "name org kind purpose uri granted:texts"},
    Row{"ServiceStep", "service version:number revision status ends? consumers:texts replaced:@Replaced*"},
    Row{"ValueChange", "field old new"},
    Row{"Version", "version:number contract"},
};

// In the order of the command table.
constexpr std::array answer_rows{
    Row{"status",
        "version pid:number uptime_seconds:number node founder:flag roles:texts ready:flag hindrances:texts "
        "http https public_url database:object catalogue:object journal:object certificates:any keys:any "
        "endings:any connections:number requests:number refused_connections:number mode recovery:object?*"},
    Row{"org.add", "id name"},
    Row{"org.list", "[] id name"},
    Row{"consumer.add", "id org"},
    Row{"consumer.certificate", "id thumbprint encryption_thumbprint* org*"},
    Row{"consumer.list", "[] id org answer_key? certificates:texts grants:[]Grant"},
    Row{"consumer.password", "consumer"},
    Row{"consumer.saml", "consumer issuer name_id"},
    Row{"consumer.vouches", "consumer vouches:flag"},
    Row{"publisher.add", "id org"},
    Row{"publisher.password", "publisher"},
    Row{"publisher.certificate", "publisher certificate"},
    Row{"publisher.remove", "publisher"},
    Row{"publisher.list", "[] id org certificate:flag waits:flag"},
    Row{"service.publish",
        "service url wsdl version:number revision changed:flag changes:[]Change findings:[]Finding "
        "replaced:@Replaced*"},
    Row{"service.install", "service url wsdl version:number revision changed:flag replaced:@Replaced*"},
    Row{"service.list", "[]Service"},
    Row{"service.show",
        "service url version:number contract wsdl_service endpoints:texts policy status journal? forward "
        "validate:flag deprecated? ends? changed revision versions:[]Version grants:[]GrantOfService"},
    Row{"service.policy", "service revision policy weaknesses:texts"},
    Row{"service.policy.change", "service revision policy weaknesses:texts replaced:@Replaced*"},
    Row{"service.settings",
        "service url version:number contract wsdl_service endpoints:texts policy status journal? forward "
        "validate:flag deprecated? ends? changed revision replaced:@Replaced*"},
    Row{"service.submit", "@ServiceStep"},
    Row{"service.approve", "@ServiceStep"},
    Row{"service.refuse", "@ServiceStep"},
    Row{"service.online", "@ServiceStep"},
    Row{"service.deprecate", "@ServiceStep"},
    Row{"service.offline", "@ServiceStep"},
    Row{"service.retire", "@ServiceStep"},
    Row{"service.history", "[] at version:number from? to actor reason"},
    Row{"service.drafts", "[] service status wsdl uddi_key"},
    Row{"service.diff", "from:number to:number? breaking:flag changes:[]Change consumers:texts"},
    Row{"consumer.warnings", "[] service ends deprecated operations:texts reason"},
    Row{"grant", "@Grant"},
    Row{"grant.request", "@GrantRequest"},
    Row{"grant.list", "[]GrantRequest"},
    Row{"grant.accept", "@GrantRequest"},
    Row{"grant.refuse", "@GrantRequest"},
    Row{"grant.withdraw", "@GrantRequest"},
    Row{"ungrant", "@Grant"},
    Row{"meter",
        "[] from consumer service operation calls:number faults:number bytes_in:number bytes_out:number "
        "milliseconds:number"},
    Row{"catalogue.list", "@ResourceEntries"},
    Row{"catalogue.show", "@ResourceEntry"},
    Row{"catalogue.themes", "@CategoryTree"},
    Row{"catalogue.agencies", "@CataloguedAgencies"},
    Row{"catalogue.regions", "@CategoryTree"},
    Row{"catalogue.set", "@EditedResourceEntry"},
    Row{"search", "@SearchAnswer"},
    Row{"cert.issue", "@IssuedCertificate"},
    Row{"cert.list", "[]RegisteredCertificate"},
    Row{"cert.show",
        "serial thumbprint subject profile ca consumer? not_before not_after status reason? renews? ends? "
        "pem"},
    Row{"cert.revoke", "serial status reason"},
    Row{"cert.renew", "@IssuedCertificate"},
    Row{"cert.request", "@CertificateRequest"},
    Row{"cert.requests", "[]CertificateRequest"},
    Row{"cert.approve", "@IssuedCertificate"},
    Row{"cert.refuse", "id state reason"},
    Row{"cert.history", "[] at actor action subject detail"},
    Row{"ca.list", "[] name state kind? subject? not_after? crl_until?"},
    Row{"ca.add", "name state request?"},
    Row{"ca.sign", "certificate subject thumbprint"},
    Row{"ca.complete", "name state"},
    Row{"ca.retire", "name state"},
    Row{"ca.revoke", "name state reason listed:flag"},
    Row{"ca.crl", "ca until"},
    Row{"trust.add", "thumbprint name not_after crl? ocsp? grace_hours:number no_revocation?"},
    Row{"trust.list",
        "[] thumbprint name own:flag not_after? crl? crl_until? crl_trouble? ocsp? answers:number "
        "answers_missing:number answer_trouble? no_revocation? warning? grace_hours:number"},
    Row{"trust.remove", "thumbprint status"},
    Row{"security-key.make",
        "name org kind purpose uri granted:texts serial thumbprint subject not_after pem"},
    Row{"security-key.list", "[]ServiceKey"},
    Row{"security-key.grant", "name org"},
    Row{"security-key.revoke", "name org"},
    Row{"node.invite", "token expires"},
    Row{"journal.seal", "segment:number timestamped:flag"},
    Row{"journal.heads", "[]text"},
    Row{"node.list", "[] id url founder:flag joined last_seen"},
    Row{"me", "officer role org? unready?"},
    Row{"me.sign-out", "officer role org? unready?"},
    Row{"me.password", "officer"},
    Row{"me.totp", "officer secret uri"},
    Row{"me.totp.confirm", "officer"},
    Row{"me.certificate", "officer certificate?"},
    Row{"officers.list", "[]Account"},
    Row{"officers.add", "name role password"},
    Row{"officers.disable", "name"},
    Row{"officers.enable", "name"},
    Row{"officers.unlock", "name"},
    Row{"officers.reset", "name password"},
    Row{"officers.recovery.stop", "stopped_by"},
    Row{"account.list", "[]AgencyAccount"},
    Row{"account.add", "name role org password"},
    Row{"account.disable", "name org"},
    Row{"account.enable", "name org"},
    Row{"account.unlock", "name org"},
    Row{"account.reset", "name org password"},
    Row{"two-persons.list", "[] command two_persons:flag always:flag together_with:texts"},
    Row{"two-persons.on", "command two_persons:flag commands:texts"},
    Row{"two-persons.off", "command two_persons:flag commands:texts"},
    Row{"proposals.list", "[]Proposal"},
    Row{"proposals.show",
        "id command proposer made expires state decided_by? org? outcome? digest arguments:object"},
    Row{"proposals.approve", "id command result:any not_noted*"},
    Row{"proposals.refuse", "id state"},
    Row{"proposals.withdraw", "id state"},
    Row{"audit.list",
        "[] sequence:number exchange time command outcome reason who officer* owner:flag* nobody:flag* "
        "platform:flag* role* org* channel* approved_by* arguments:any*"},
    Row{"audit.accounts", "[] name role journaled_role? state"},
    Row{"config.history", "[] time file digest changes:[]ValueChange"},
    Row{"commands.list", "[] command effect roles:texts who second subject takes:[]Parameter"},
};

json::object reference(std::string_view shape) {
    return {{"$ref", "#/components/schemas/" + std::string(shape)}};
}

json::object list_of(json::object items) {
    return {{"type", "array"}, {"items", std::move(items)}};
}

json::object typed(std::string_view type) {
    return {{"type", type}};
}

json::object schema_of_kind(std::string_view kind) {
    if (kind.starts_with("[]"))
        return list_of(kind == "[]text" ? typed("string") : reference(kind.substr(2)));
    if (kind.starts_with("@")) return reference(kind.substr(1));
    if (kind == "texts") return list_of(typed("string"));
    if (kind == "number") return typed("number");
    if (kind == "flag") return typed("boolean");
    if (kind == "object") return typed("object");
    if (kind == "any") return {};
    return typed("string");
}

// Takes the mark off the word's end.
bool takes_off(std::string_view& word, char mark) {
    if (!word.ends_with(mark)) return false;
    word.remove_suffix(1);
    return true;
}

json::object object_of(std::string_view line) {
    json::object properties;
    json::array required;
    while (!line.empty()) {
        const std::size_t end = std::min(line.find(' '), line.size());
        std::string_view word = line.substr(0, end);
        line.remove_prefix(std::min(end + 1, line.size()));
        const bool absent = takes_off(word, '*');
        const bool null = takes_off(word, '?');
        const std::size_t colon = std::min(word.find(':'), word.size());
        const std::string_view name = word.substr(0, colon);
        json::object schema = schema_of_kind(word.substr(std::min(colon + 1, word.size())));
        if (null) schema = {{"anyOf", {std::move(schema), typed("null")}}};
        properties[name] = std::move(schema);
        if (!absent) required.push_back(json::value(name));
    }
    return {{"type", "object"},
            {"properties", std::move(properties)},
            {"required", std::move(required)},
            {"additionalProperties", false}};
}

}  // namespace

std::optional<std::string_view> answer_line(std::string_view command) {
    const auto* row = std::ranges::find_if(answer_rows, [&](const Row& one) { return one.name == command; });
    if (row == answer_rows.end()) return std::nullopt;
    return row->line;
}

json::object schema_of_line(std::string_view line) {
    if (line.starts_with("[] ")) return list_of(object_of(line.substr(3)));
    if (line.starts_with("[]") || line.starts_with("@")) return schema_of_kind(line);
    return object_of(line);
}

json::object shapes() {
    json::object all;
    for (const Row& row : shape_rows) all[row.name] = object_of(row.line);
    return all;
}

}  // namespace hutong::api
