// The contract as callers get it: addresses rewritten to the gateway, imports to ?xsd= / ?wsdl=, policies
// attached, the rest kept.
//
// Pure; safe from any thread.
#pragma once

#include <map>
#include <string>

#include "base/result.hpp"
#include "wsdl/model/description.hpp"
#include "wsdl/publish/policies.hpp"

namespace hutong::wsdl {

struct PublishOptions {
    std::string address;  // of the service at the gateway, e.g. https://gw.example/services/gs/company
    PublishedPolicies policies{};
};

// By query: "wsdl" is the main document; "wsdl=PATH" and "xsd=PATH" the imported ones, PATH percent-encoded
// by the reader of the query. Values are UTF-8 documents.
Result<std::map<std::string, std::string>> publish(const Bundle& bundle, const Description& description,
                                                   const PublishOptions& options);

}  // namespace hutong::wsdl
