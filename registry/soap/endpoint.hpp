// The UDDI v3 node: takes SOAP 1.1 and 1.2 envelopes for one of its API sets, and gives envelopes back.
//
// UDDI v3.0.2 chapter 5; section 4.8 for errors. Requests are validated against wsdl/contracts/uddi before
// anything looks at them. answer() runs its own work on the caller's executor, which should be one that may
// be kept busy, and waits for the database elsewhere; it may run any number of times at once.
#pragma once

#include <functional>
#include <map>
#include <optional>

#include "base/xml/schema.hpp"
#include "base/xml/soap.hpp"
#include "registry/soap/context.hpp"
#include "wsdl/model/description.hpp"

namespace hutong::registry::uddi {

// The files of wsdl/contracts/uddi, which are part of the program.
const std::map<std::string, std::string>& contract_files();

struct SoapRequest {
    std::string api;  // "inquiry", "publish", "security", "custody", "subscription"
    std::string text;
    std::string charset;      // as the transport says; may be empty
    std::string certificate;  // thumbprint of the TLS client's; may be empty
    bool confidential{true};  // false: over a network in clear, where no token may pass
    std::string if_match{};   // RFC 9110 section 13.1.1; may be empty
};

struct SoapReply {
    unsigned status{200};
    std::string content_type;
    std::string text;
    std::string etag{};      // of one entity, quotes included
    std::string replaced{};  // Hutong-Replaced, of an edit without If-Match
};

class Endpoint {
  public:
    static constexpr std::size_t most_request_bytes = 4u << 20;

    // `must_see`: an edit without If-Match is refused. Error: invalid, when the contract does not compile (a
    // defect).
    static Result<std::unique_ptr<Endpoint>> make(pg::Pool& pool, Publishers& publishers,
                                                  NotificationRules notifications,
                                                  std::function<std::string()> public_url, bool must_see);

    Awaitable<SoapReply> answer(SoapRequest request);

    // Inquiry by GET (rest.hpp): XML, or JSON where it is asked for.
    Awaitable<SoapReply> answer_query(std::string query, std::string accept);

    // ?wsdl and what it refers to: "wsdl", "wsdl=FILE", "xsd=FILE". Nothing: there is no such page.
    std::optional<std::string> page(const std::string& api, const std::string& query) const;

    static bool is_api(std::string_view name);

    // A fault of the transport's making: too large, not confidential.
    static SoapReply refusal(const Fault& fault, soap::Version version = soap::Version::v11);

  private:
    Endpoint(pg::Pool& pool, Publishers& publishers, NotificationRules notifications,
             std::function<std::string()> public_url, bool must_see,
             std::map<std::string, xml::SchemaSet> schemas);

    Awaitable<OrFault<std::string>> perform(const SoapRequest& request, xml::Element asked, Notes& notes);
    OrFault<void> validate(xml::Element asked) const;

    pg::Pool& pool_;
    Publishers& publishers_;
    const NotificationRules notifications_;
    std::function<std::string()> public_url_;
    const bool must_see_;
    std::map<std::string, xml::SchemaSet> schemas_;  // by namespace
};

}  // namespace hutong::registry::uddi
