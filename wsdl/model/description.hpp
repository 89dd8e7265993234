// What a WSDL 1.1 document and everything it imports say, as plain values.
//
// W3C Note "WSDL 1.1" (2001-03-15), its SOAP 1.1 binding (section 3) and the SOAP 1.2 binding member
// submission (2006-04-05). Values: immutable after reading, shared freely between threads.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "base/xml/document.hpp"
#include "base/xml/qname_values.hpp"
#include "base/xml/soap.hpp"

namespace hutong::wsdl {

using xml::QName;

// The files of one contract by their path inside the bundle ("/"-separated, relative, no "..").
struct Bundle {
    std::map<std::string, std::string> files;
    std::string main;
};

// A place in a bundle.
struct Place {
    std::string file;
    int line{0};
    std::string text() const { return file + ":" + std::to_string(line); }
};

struct Part {
    std::string name;
    QName element;  // set for element= parts
    QName type;     // set for type= parts
};

struct Message {
    QName name;
    std::vector<Part> parts;
    Place place;
};

enum class Style { document, rpc };
enum class Use { literal, encoded };

struct HeaderBinding {
    QName message;
    std::string part;
    QName element;  // what appears in the SOAP Header, when it can be told
};

struct FaultMessage {
    std::string name;
    QName message;
};

// One operation of a port type joined with its binding.
struct Operation {
    std::string name;
    std::string soap_action;  // as declared; empty: none or ""
    std::string wsa_action;   // wsaw:/wsam:Action of the input, empty when absent
    Style style{Style::document};
    Use use{Use::literal};
    bool one_way{false};
    QName input_message;
    QName output_message;  // empty for one-way
    QName input_element;   // first child of soap:Body of a request: the element (document) or the wrapper
                           // (rpc: namespace of soap:body, operation name); empty local: empty Body
    QName output_element;
    bool wrapped{false};    // document/literal wrapped convention
    bool uses_mime{false};  // a MIME binding (SwA) on input or output
    bool uses_mtom{false};  // xmime:expectedContentTypes or an MTOM policy applies
    std::vector<HeaderBinding> input_headers;
    std::vector<HeaderBinding> output_headers;
    std::vector<FaultMessage> faults;
    std::string documentation;
    Place place;
};

enum class Transport { soap11_http, soap12_http, http_get, http_post, other };

struct Binding {
    QName name;
    QName port_type;
    Transport transport{Transport::other};
    std::vector<Operation> operations;
    Place place;
};

struct Port {
    std::string name;
    QName binding;
    std::string address;  // as declared; empty when there is none
    Place place;
};

struct Service {
    QName name;
    std::vector<Port> ports;
    std::string documentation;
    Place place;
};

struct PortType {
    QName name;
    std::vector<std::string> operations;
    Place place;
};

// A policy expression that is attached to a binding, or to what a binding is made of.
struct AttachedPolicy {
    enum class Scope { both, request, response } scope{Scope::both};
    std::string expression;  // the wsp:Policy element as text of its own; empty: it cannot be reached
    std::string reference;   // how it was referred to; empty: it stands where it is attached
    Place place;             // of the attachment
};

enum class Severity { error, warning, note };

// One remark about a contract. `rule` is a WS-I Basic Profile 1.1 number ("R2706") or ours ("HT-WSDL-007").
struct Finding {
    Severity severity{Severity::note};
    std::string rule;
    std::string text;
    Place place;
};

struct Description {
    QName name;  // targetNamespace and name= of the main document
    std::vector<Service> services;
    std::vector<Binding> bindings;
    std::vector<PortType> port_types;
    std::vector<Message> messages;
    bool has_policy{false};  // wsp:Policy or wsp:PolicyReference anywhere
    std::vector<AttachedPolicy> policies;
    std::vector<Finding> findings;
    xml::QNameValues qname_values;
    bool usable() const;  // no finding of severity error

    const Binding* binding(const QName& name) const;
};

}  // namespace hutong::wsdl
