#include "registry/soap/endpoint.hpp"

#include <array>

#include "base/coroutine.hpp"
#include "base/ids.hpp"
#include "base/log.hpp"
#include "registry/model/uddi/state_tag.hpp"
#include "registry/model/uddi/xml_text.hpp"
#include "registry/soap/operations.hpp"
#include "registry/soap/rest.hpp"
#include "wsdl/publish/publisher.hpp"
#include "wsdl/reader.hpp"

namespace hutong::registry::uddi {

namespace {

constexpr std::array<std::string_view, 5> apis{"inquiry", "publish", "security", "custody", "subscription"};

// What a request may be before it is known what it is.
constexpr xml::Limits limits{
    .bytes = Endpoint::most_request_bytes, .depth = 32, .attributes = 32, .elements = 100'000};

struct Asked {
    soap::Version version{soap::Version::v11};
    xml::Document document;
    xml::Element element;
};

SoapReply reply_of(soap::Version version, unsigned status, std::string text) {
    return {status, std::string(soap::content_type_of(version)), std::move(text)};
}

SoapReply fault_reply(soap::Version version, const soap::Fault& fault) {
    return reply_of(version, static_cast<unsigned>(soap::http_status(version, fault)),
                    soap::fault_envelope(version, fault));
}

soap::Fault plain_fault(soap::FaultCode::Side side, std::string reason) {
    soap::Fault fault;
    fault.code.side = side;
    fault.reason = std::move(reason);
    return fault;
}

// No header block means anything here, so one that must be understood is not (section 4.1.5).
bool must_understand(const xml::Element& header, soap::Version version) {
    for (const xml::Element block : header.children()) {
        const std::string flag = block.attribute("mustUnderstand", soap::namespace_of(version)).value_or("");
        if (flag == "1" || flag == "true") return true;
    }
    return false;
}

boost::system::result<Asked, soap::Fault> read_envelope(const SoapRequest& request, soap::Version& version) {
    using Side = soap::FaultCode::Side;
    Asked asked;
    auto parsed = xml::parse(request.text, limits, request.charset);
    if (parsed.has_error())
        return soap_fault(Fault(failure::fatal, "The request is no XML: " + parsed.error().detail));
    asked.document = std::move(*parsed);
    const xml::Element envelope = asked.document.root();
    if (envelope.is(soap::ns12, "Envelope")) {
        asked.version = soap::Version::v12;
    } else if (!envelope.is(soap::ns11, "Envelope")) {
        return plain_fault(Side::version_mismatch, "The request is no SOAP 1.1 or 1.2 Envelope.");
    }
    version = asked.version;
    const std::string_view soap_ns = soap::namespace_of(asked.version);
    if (const xml::Element header = envelope.child(soap_ns, "Header");
        header && must_understand(header, asked.version))
        return plain_fault(Side::must_understand, "No header block is understood by the UDDI APIs.");
    const xml::Element body = envelope.child(soap_ns, "Body");
    asked.element = body ? body.first_child() : xml::Element();
    if (!asked.element || asked.element.next_sibling())
        return soap_fault(Fault(failure::fatal, "The Body must hold one element, the request."));
    return asked;
}

std::string envelope_of(soap::Version version, const std::string& content) {
    return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<env:Envelope xmlns:env=\"" +
           std::string(soap::namespace_of(version)) + "\"><env:Body>" + content +
           "</env:Body></env:Envelope>";
}

// Of the others nobody has an ETag.
bool takes_if_match(const OperationRow& row) {
    if (row.api != "publish" || row.name == "delete_publisherAssertions") return false;
    return row.name.starts_with("save_") || row.name.starts_with("delete_") ||
           row.name == "set_publisherAssertions";
}

// A list of strings with parameters (RFC 8941 section 3); what stands in them is printable ASCII by its kind.
std::string replaced_header(const std::vector<ReplacedEntity>& replaced) {
    constexpr std::size_t most = Notes::most_told;
    std::string list;
    for (std::size_t i = 0; i < replaced.size() && i < most; ++i) {
        const ReplacedEntity& one = replaced[i];
        list += (i == 0 ? "\"" : ", \"") + one.key + "\"";
        if (!one.by.empty()) list += ";by=\"" + one.by + "\";at=\"" + one.at + "\"";
        if (!one.changed.empty()) list += ";changed=\"" + one.changed + "\"";
    }
    if (replaced.size() > most) list += ", more;count=" + std::to_string(replaced.size() - most);
    return list;
}

void log_change(const OperationRow& row, const Publisher& publisher, const Notes& notes) {
    const std::string request(row.name);
    if (notes.replaced.empty())
        log(MessageId::HT3023, {{"request", request}, {"publisher", publisher.name}, {"org", publisher.org}});
    else
        log(MessageId::HT3023, {{"request", request},
                                {"publisher", publisher.name},
                                {"org", publisher.org},
                                {"replaced", replaced_header(notes.replaced)}});
}

Fault no_operation(const std::string& api, const xml::Element& asked) {
    const std::string name(asked.local());
    if (asked.ns() != ns && asked.ns().starts_with("urn:uddi-org:api"))
        return Fault(
            failure::unrecognized_version,
            "This registry speaks UDDI version 3; the request is in " + std::string(asked.ns()) + ".");
    return Fault(failure::unsupported, "There is no operation {" + std::string(asked.ns()) + "}" + name +
                                           " at /uddi/" + api + "; see its ?wsdl.");
}

}  // namespace

std::string answer_element(std::string_view name, const std::string& content, const std::string& attributes) {
    const std::string tag(name);
    return "<" + tag + " xmlns=\"" + std::string(ns) + "\"" + attributes + ">" + content + "</" + tag + ">";
}

Endpoint::Endpoint(pg::Pool& pool, Publishers& publishers, NotificationRules notifications,
                   std::function<std::string()> public_url, bool must_see,
                   std::map<std::string, xml::SchemaSet> schemas)
    : pool_(pool),
      publishers_(publishers),
      notifications_(notifications),
      public_url_(std::move(public_url)),
      must_see_(must_see),
      schemas_(std::move(schemas)) {}

Result<std::unique_ptr<Endpoint>> Endpoint::make(pg::Pool& pool, Publishers& publishers,
                                                 NotificationRules notifications,
                                                 std::function<std::string()> public_url, bool must_see) {
    std::map<std::string, xml::SchemaSet> schemas;
    for (const auto& [name, file] : std::map<std::string_view, const char*>{
             {ns, "uddi.xsd"}, {ns_custody, "custody.xsd"}, {ns_subscription, "subscription.xsd"}}) {
        HUTONG_ASSIGN(xml::SchemaSet set, xml::SchemaSet::compile(contract_files(), file));
        schemas.emplace(name, std::move(set));
    }
    return std::unique_ptr<Endpoint>(
        new Endpoint(pool, publishers, notifications, std::move(public_url), must_see, std::move(schemas)));
}

bool Endpoint::is_api(std::string_view name) {
    for (const std::string_view api : apis)
        if (api == name) return true;
    return false;
}

SoapReply Endpoint::refusal(const Fault& fault, soap::Version version) {
    return fault_reply(version, soap_fault(fault));
}

OrFault<void> Endpoint::validate(xml::Element asked) const {
    const auto valid = schemas_.at(std::string(asked.ns())).validate(asked);
    if (valid.has_value()) return {};
    const std::string& why = valid.error().detail;
    const auto says = [&why](std::string_view part) { return why.find(part) != std::string::npos; };
    ErrorCase which = failure::fatal;
    if (says("}name'") && says("maxLength")) which = failure::name_too_long;
    if (says("}completionStatus'") && says("enumeration")) which = failure::invalid_completion_status;
    return Fault(which, "The request does not fit the contract: " + why);
}

Awaitable<OrFault<std::string>> Endpoint::perform(const SoapRequest& request, xml::Element asked,
                                                  Notes& notes) {
    const OperationRow* const row = find_operation(request.api, asked.ns(), asked.local());
    if (row == nullptr) co_return no_operation(request.api, asked);
    HUTONG_CO_TRY(validate(asked));
    if (!request.if_match.empty() && !takes_if_match(*row))
        co_return Fault(failure::unsupported,
                        "If-Match is for save_ and delete_ of one entity and for "
                        "set_publisherAssertions, not for " +
                            std::string(row->name) + ".");
    Context context{
        pool_, publishers_, notifications_, public_url_(), request.certificate, request.if_match, must_see_};
    if (row->publishers) {
        const xml::Element auth = asked.child(ns, "authInfo");
        if (!auth && request.certificate.empty())
            co_return Fault(failure::token_required,
                            "authInfo is missing: call get_authToken first, or use a client certificate.");
        if (auth) {
            HUTONG_CO_ASSIGN(context.publisher, co_await publishers_.by_token(collapsed(auth.text())));
        } else {
            HUTONG_CO_ASSIGN(context.publisher, co_await publishers_.by_certificate(request.certificate));
        }
    }
    OrFault<std::string> done = co_await row->run(context, asked);
    if (done.has_error()) co_return done;
    notes = std::move(context.notes);
    if (row->publishers && !row->name.starts_with("get_")) log_change(*row, context.publisher, notes);
    co_return done;
}

Awaitable<SoapReply> Endpoint::answer(SoapRequest request) {
    soap::Version version = soap::Version::v11;
    if (!request.confidential && request.api != "inquiry")
        co_return refusal(Fault(failure::fatal, "/uddi/" + request.api + " is served over HTTPS only."));
    const auto asked = read_envelope(request, version);
    if (asked.has_error()) co_return fault_reply(version, asked.error());
    OrFault<std::string> done = std::string();
    Notes notes;
    try {
        done = co_await perform(request, asked->element, notes);
    } catch (const std::exception& thrown) {
        done = Fault(internal(thrown.what()));
    }
    if (done.has_value()) {
        SoapReply reply = reply_of(version, 200, envelope_of(version, *done));
        reply.etag = std::move(notes.etag);
        reply.replaced = replaced_header(notes.replaced);
        co_return reply;
    }
    soap::Fault fault = soap_fault(done.error());
    if (!done.error().cause.empty()) {
        fault.incident = new_incident_id();
        log(MessageId::HT3020, {{"incident", fault.incident},
                                {"request", std::string(asked->element.local())},
                                {"reason", done.error().cause}});
    }
    SoapReply reply = fault_reply(version, fault);
    if (done.error().status != 0) reply.status = done.error().status;
    co_return reply;
}

namespace {

unsigned status_of(const Fault& fault) {
    if (fault.error.number == failure::invalid_key.number) return 404;
    if (fault.error.number == failure::busy.number) return 503;
    return fault.ours() ? 500 : 400;
}

SoapReply rest_reply(unsigned status, const std::string& text, bool json, bool inner) {
    const auto document = xml::parse(text, xml::Limits{});
    if (document.has_error()) return {500, "text/plain; charset=utf-8", "the answer is no XML\n"};
    const xml::Element element =
        inner && document->root().first_child() ? document->root().first_child() : document->root();
    SoapReply reply{status, "application/json", {}};
    if (inner) reply.etag = "\"" + state_tag(element) + "\"";
    if (json) {
        reply.text = json_of(element);
    } else {
        reply.content_type = "text/xml; charset=utf-8";
        reply.text = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n" + element.serialize();
    }
    return reply;
}

}  // namespace

Awaitable<SoapReply> Endpoint::answer_query(std::string query, std::string accept) {
    const auto asked = read_query(query, accept);
    const bool json = asked.has_value() ? asked->json : accept.find("application/json") != std::string::npos;
    OrFault<std::string> done = std::string();
    try {
        if (asked.has_error()) {
            done = asked.error();
        } else if (const auto document = xml::parse(asked->request, limits); document.has_error()) {
            done = Fault(document.error());
        } else {
            SoapRequest request;
            request.api = "inquiry";
            Notes none;
            done = co_await perform(request, document->root(), none);
        }
    } catch (const std::exception& thrown) {
        done = Fault(internal(thrown.what()));
    }
    if (done.has_value()) co_return rest_reply(200, *done, json, asked->entity);
    if (!done.error().cause.empty())
        log(MessageId::HT3020, {{"request", query}, {"reason", done.error().cause}});
    co_return rest_reply(status_of(done.error()), disposition_report(done.error()), json, false);
}

std::optional<std::string> Endpoint::page(const std::string& api, const std::string& query) const {
    const wsdl::Bundle bundle{contract_files(), api + ".wsdl"};
    const auto description = wsdl::read(bundle);
    if (description.has_error()) return std::nullopt;
    const auto pages = wsdl::publish(bundle, *description, {.address = public_url_() + "/uddi/" + api});
    if (pages.has_error()) return std::nullopt;
    const auto found = pages->find(query);
    if (found == pages->end()) return std::nullopt;
    return found->second;
}

}  // namespace hutong::registry::uddi
