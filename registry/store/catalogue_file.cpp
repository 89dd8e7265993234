#include "registry/store/catalogue_file.hpp"

#include <fstream>
#include <sstream>

#include <boost/json.hpp>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "registry/model/policy_document.hpp"

namespace hutong::registry {

namespace {

namespace json = boost::json;
namespace fs = std::filesystem;

// 2: services have their detailed policy; 3: what is known of others' revocations; 4: keys of the security
// service
constexpr unsigned file_version = 4;

std::string b64(const Bytes& bytes) {
    return to_base64(bytes);
}

json::value time_or_null(const std::optional<TimePoint>& time) {
    return time ? json::value(format_utc(*time)) : json::value();
}

json::object object_of(const Service& s) {
    return {{"org", s.org},
            {"name", s.name},
            {"version", s.version},
            {"contract", s.contract},
            {"wsdl_service", s.wsdl_service},
            {"endpoints", json::value_from(s.endpoints)},
            {"policy", std::string(to_string(s.policy))},
            {"status", std::string(to_string(s.status))},
            {"journal", s.journal ? json::value(std::string(to_string(*s.journal))) : json::value()},
            {"forward", std::string(to_string(s.forward))},
            {"security", stored_policy(s)},
            {"validate", s.validate},
            {"deprecated", time_or_null(s.deprecated)},
            {"ends", time_or_null(s.ends)},
            {"changed", format_utc(s.changed)}};
}

json::object object_of(const Consumer& k) {
    json::array certificates, names;
    for (const Bytes& der : k.certificates_der) certificates.emplace_back(b64(der));
    for (const SamlName& name : k.saml_names)
        names.push_back(json::object{{"issuer", name.issuer}, {"name_id", name.name_id}});
    return {{"id", k.id},
            {"org", k.org},
            {"answer_key", k.answer_key ? json::value(*k.answer_key) : json::value()},
            {"certificates", json::value_from(k.certificates)},
            {"certificates_der", std::move(certificates)},
            {"sealed_password", b64(k.sealed_password)},
            {"saml_names", std::move(names)},
            {"vouches", k.vouches}};
}

json::object object_of(const ServiceKey& k) {
    return {{"name", k.name},
            {"org", k.org},
            {"uri", k.uri},
            {"kind", k.kind},
            {"purpose", std::string(to_string(k.purpose))},
            {"chain", k.chain},
            {"granted", json::value_from(k.granted)}};
}

json::object object_of(const Catalogue& c) {
    json::array orgs, services, consumers, grants, keys, cas, crls, foreign_crls, foreign_answers;
    json::object contracts;
    for (const auto& o : c.organisations) orgs.push_back(json::object{{"id", o.id}, {"name", o.name}});
    for (const auto& s : c.services) services.push_back(object_of(s));
    for (const auto& [id, contract] : c.contracts) {
        json::object files;
        for (const auto& [path, content] : contract->bundle.files) files[path] = to_base64(as_bytes(content));
        contracts[id] = json::object{{"main", contract->bundle.main}, {"files", std::move(files)}};
    }
    for (const auto& k : c.consumers) consumers.push_back(object_of(k));
    for (const auto& g : c.grants)
        grants.push_back(
            json::object{{"consumer", g.consumer}, {"service", g.service}, {"operation", g.operation}});
    for (const auto& k : c.service_keys) keys.push_back(object_of(k));
    for (const auto& a : c.cas)
        cas.push_back(json::object{{"thumbprint", a.thumbprint},
                                   {"name", a.name},
                                   {"own", a.own},
                                   {"der", b64(a.der)},
                                   {"needs_crl", a.needs_crl},
                                   {"needs_answers", a.needs_answers},
                                   {"grace_hours", a.grace.count()}});
    for (const Bytes& crl : c.foreign_crls) foreign_crls.emplace_back(b64(crl));
    for (const ForeignAnswer& a : c.foreign_answers)
        foreign_answers.push_back(json::object{{"thumbprint", a.thumbprint},
                                               {"state", a.state},
                                               {"next_update", format_utc(a.next_update)},
                                               {"der", b64(a.der)}});
    for (const auto& l : c.crls) crls.push_back(json::object{{"ca", l.ca}, {"der", b64(l.der)}});
    return {{"version", file_version},
            {"generation", c.generation},
            {"read_at", format_utc(c.read_at)},
            {"organisations", std::move(orgs)},
            {"services", std::move(services)},
            {"contracts", std::move(contracts)},
            {"consumers", std::move(consumers)},
            {"grants", std::move(grants)},
            {"service_keys", std::move(keys)},
            {"cas", std::move(cas)},
            {"crls", std::move(crls)},
            {"foreign_crls", std::move(foreign_crls)},
            {"foreign_answers", std::move(foreign_answers)},
            {"revoked", json::value_from(c.revoked)}};
}

std::string text_at(const json::value& v, const char* key) {
    return std::string(v.at(key).as_string());
}
Bytes bytes_at(const json::value& v, const char* key) {
    return from_base64(text_at(v, key)).value();
}

// Not in earlier files.
std::optional<TimePoint> time_at(const json::value& v, const char* key) {
    const json::value* const found = v.as_object().if_contains(key);
    if (found == nullptr || found->is_null()) return std::nullopt;
    return parse_utc(found->as_string()).value();
}

// Throws on anything unexpected; the MAC has vouched for the text, so that is a defect and not an attack.
Catalogue catalogue_of(const json::value& v) {
    const json::value* const version = v.as_object().if_contains("version");
    if (version == nullptr || version->to_number<unsigned>() != file_version)
        throw std::runtime_error("it was saved by another version of this program");
    Catalogue c;
    c.generation = v.at("generation").to_number<std::uint64_t>();
    c.read_at = parse_utc(text_at(v, "read_at")).value();
    for (const auto& o : v.at("organisations").as_array())
        c.organisations.push_back({text_at(o, "id"), text_at(o, "name")});
    for (const auto& s : v.at("services").as_array()) {
        Service service;
        service.org = text_at(s, "org");
        service.name = text_at(s, "name");
        service.version = s.at("version").to_number<unsigned>();
        service.contract = text_at(s, "contract");
        service.wsdl_service = text_at(s, "wsdl_service");
        service.endpoints = json::value_to<std::vector<std::string>>(s.at("endpoints"));
        service.policy = policy_from(text_at(s, "policy")).value();
        service.status = status_from(text_at(s, "status")).value();
        if (!s.at("journal").is_null()) service.journal = journal_level_from(text_at(s, "journal")).value();
        service.forward = forward_from(text_at(s, "forward")).value();
        service.security = policy_of_stored(text_at(s, "security"));
        service.validate = s.at("validate").as_bool();
        service.deprecated = time_at(s, "deprecated");
        service.ends = time_at(s, "ends");
        service.changed = parse_utc(text_at(s, "changed")).value();
        c.services.push_back(std::move(service));
    }
    for (const auto& [id, stored] : v.at("contracts").as_object()) {
        auto contract = std::make_shared<Contract>();
        contract->id = std::string(id);
        contract->bundle.main = text_at(stored, "main");
        for (const auto& [path, content] : stored.at("files").as_object())
            contract->bundle.files[std::string(path)] =
                std::string(as_text(from_base64(content.as_string()).value()));
        c.contracts[contract->id] = contract;
    }
    for (const auto& k : v.at("consumers").as_array()) {
        Consumer consumer;
        consumer.id = text_at(k, "id");
        consumer.org = text_at(k, "org");
        if (!k.at("answer_key").is_null()) consumer.answer_key = text_at(k, "answer_key");
        consumer.certificates = json::value_to<std::vector<std::string>>(k.at("certificates"));
        for (const auto& der : k.at("certificates_der").as_array())
            consumer.certificates_der.push_back(from_base64(der.as_string()).value());
        consumer.sealed_password = bytes_at(k, "sealed_password");
        for (const auto& name : k.at("saml_names").as_array())
            consumer.saml_names.push_back({text_at(name, "issuer"), text_at(name, "name_id")});
        consumer.vouches = k.at("vouches").as_bool();
        c.consumers.push_back(std::move(consumer));
    }
    for (const auto& g : v.at("grants").as_array())
        c.grants.push_back({text_at(g, "consumer"), text_at(g, "service"), text_at(g, "operation")});
    for (const auto& k : v.at("service_keys").as_array())
        c.service_keys.push_back({text_at(k, "name"), text_at(k, "org"), text_at(k, "uri"),
                                  text_at(k, "kind"), key_purpose_from(text_at(k, "purpose")).value(),
                                  text_at(k, "chain"),
                                  json::value_to<std::vector<std::string>>(k.at("granted"))});
    for (const auto& a : v.at("cas").as_array())
        c.cas.push_back({text_at(a, "thumbprint"), text_at(a, "name"), a.at("own").as_bool(),
                         bytes_at(a, "der"), a.at("needs_crl").as_bool(), a.at("needs_answers").as_bool(),
                         std::chrono::hours(a.at("grace_hours").to_number<long>())});
    for (const auto& crl : v.at("foreign_crls").as_array())
        c.foreign_crls.push_back(from_base64(crl.as_string()).value());
    for (const auto& a : v.at("foreign_answers").as_array())
        c.foreign_answers.push_back(
            {text_at(a, "thumbprint"), text_at(a, "state"), parse_utc(text_at(a, "next_update")).value(),
             a.as_object().contains("der") ? bytes_at(a, "der") : Bytes()});  // not in earlier files
    for (const auto& l : v.at("crls").as_array()) c.crls.push_back({text_at(l, "ca"), bytes_at(l, "der")});
    c.revoked = json::value_to<std::vector<std::string>>(v.at("revoked"));
    return c;
}

Result<std::string> read_file(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    if (!in) return not_found(path.string() + " is not there");
    std::ostringstream text;
    text << in.rdbuf();
    return text.str();
}

// Whole or not at all: a temporary file, on disk, then renamed.
Result<void> write_file(const fs::path& path, std::string_view text) {
    const std::string temporary = path.string() + ".new";
    const int fd = ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return unavailable(temporary + " cannot be written");
    bool good = true;
    while (good && !text.empty()) {
        const ssize_t written = ::write(fd, text.data(), text.size());
        good = written > 0;
        if (good) text.remove_prefix(static_cast<std::size_t>(written));
    }
    good = ::fsync(fd) == 0 && good;
    ::close(fd);
    if (!good || ::rename(temporary.c_str(), path.c_str()) != 0)
        return unavailable(path.string() + " cannot be written; is the disk full?");
    return {};
}

Result<std::string> mac_key(const Home& home, bool make) {
    const fs::path path = home.keys() / "snapshot.mac";
    auto key = read_file(path);
    if (key.has_value() && key->size() == 32) return key;
    if (!make) return not_found(path.string() + " is not there");
    const Bytes fresh = random_bytes(32);
    HUTONG_TRY(write_file(path, as_text(fresh)));
    return std::string(as_text(fresh));
}

fs::path file_of(const Home& home) {
    return home.cache() / "catalogue.json";
}

}  // namespace

Result<void> save_catalogue(const Home& home, const Catalogue& catalogue) {
    HUTONG_ASSIGN(const std::string key, mac_key(home, true));
    const std::string text = json::serialize(object_of(catalogue));
    return write_file(file_of(home), to_hex(hmac_sha256(as_bytes(key), as_bytes(text))) + "\n" + text);
}

Result<std::shared_ptr<const Catalogue>> load_catalogue(const Home& home) {
    HUTONG_ASSIGN(const std::string key, mac_key(home, false));
    HUTONG_ASSIGN(const std::string text, read_file(file_of(home)));
    const Error bad{ErrorCode::corrupt,
                    file_of(home).string() + " was changed or is not this node's; it is not used"};
    const std::size_t line = text.find('\n');
    if (line != 64) return bad;
    const std::string mac = to_hex(hmac_sha256(as_bytes(key), as_bytes(std::string_view(text).substr(65))));
    if (!equal_in_constant_time(as_bytes(mac), as_bytes(std::string_view(text).substr(0, 64)))) return bad;
    try {
        return std::make_shared<const Catalogue>(
            catalogue_of(json::parse(std::string_view(text).substr(65))));
    } catch (const std::exception& e) {
        return Error{ErrorCode::corrupt, file_of(home).string() + ": " + e.what()};
    }
}

}  // namespace hutong::registry
