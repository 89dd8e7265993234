// Joins one wsdl:binding with its port type into a Binding with all its operations.
//
// WSDL 1.1 sections 2.4.5 (default names, overloading), 2.5 and 3 (SOAP binding), 5 (MIME binding).
#pragma once

#include <map>
#include <string>
#include <vector>

#include "wsdl/model/contract.hpp"

namespace hutong::wsdl {

// The SOAP extension elements of one wsdl:input, wsdl:output or wsdl:fault of a binding.
struct SoapExtensions {
    const SourceFile* file{nullptr};
    xml::Element body;
    std::vector<xml::Element> headers;
    std::vector<std::string> mime_parts;  // message parts that travel as attachments
    bool multipart{false};
};
SoapExtensions soap_extensions(const Node& direction);

// The soap:binding or soap12:binding, soap:operation, soap:address … of `element`; empty when it has none.
xml::Element soap_child(xml::Element element, std::string_view local);
bool is_soap(xml::Element element);  // of the SOAP 1.1 or 1.2 binding namespace

Transport transport_of(xml::Element binding);

// The operations of a port type by name.
using OperationsByName = std::multimap<std::string, xml::Element>;
OperationsByName operations_of(const Node& port_type);
// The one that a binding's operation means; the names of input and output choose among overloads.
xml::Element matching_operation(const OperationsByName& operations, xml::Element binding_operation);

class BindingReader {
  public:
    BindingReader(const Contract& contract, std::vector<Finding>& findings)
        : contract_(contract), findings_(findings) {}
    Binding read(const QName& name, const Node& binding);

  private:
    Operation read_operation(const Node& binding_operation, const Node& abstract, Style default_style);
    void read_request(Operation& operation, const Node& direction, const Node& abstract);
    void read_response(Operation& operation, const Node& direction, const Node& abstract);
    QName message_of(const Node& abstract, std::string_view what, Severity severity);
    QName body_element(const Operation& operation, const SoapExtensions& extensions, const QName& message,
                       std::string_view wrapper) const;
    std::vector<HeaderBinding> headers_of(const SoapExtensions& extensions);
    bool is_wrapped(const Operation& operation) const;
    bool carries_mime_types(const QName& message) const;

    const Contract& contract_;
    std::vector<Finding>& findings_;
};

// The parts that make up soap:body: those it lists, else all that travel neither as header nor as attachment.
std::vector<Part> body_parts(const Message& message, const SoapExtensions& extensions);

Message read_message(const QName& name, const Node& node);

}  // namespace hutong::wsdl
