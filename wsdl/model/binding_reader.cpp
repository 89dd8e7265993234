#include "wsdl/model/binding_reader.hpp"

#include <algorithm>
#include <sstream>

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

void collect(xml::Element parent, SoapExtensions& found) {
    for (const xml::Element child : parent.children()) {
        if (is_soap(child) && child.local() == "body") found.body = child;
        if (is_soap(child) && child.local() == "header") found.headers.push_back(child);
        if (child.is(ns::mime, "multipartRelated")) {
            found.multipart = true;
            for (const xml::Element part : child.children(ns::mime, "part")) collect(part, found);
        }
        if (child.is(ns::mime, "content"))
            if (auto part = child.attribute("part")) found.mime_parts.push_back(std::move(*part));
    }
}

std::vector<std::string> split(const std::string& text) {
    std::istringstream in(text);
    std::vector<std::string> result;
    for (std::string word; in >> word;) result.push_back(word);
    return result;
}

bool contains(const std::vector<std::string>& list, const std::string& text) {
    return std::find(list.begin(), list.end(), text) != list.end();
}

// The name a wsdl:input or wsdl:output has when it gives none (section 2.4.5); `request_response` tells the
// pattern.
std::string direction_name(xml::Element direction, const std::string& operation, bool request_response) {
    if (auto name = direction.attribute("name")) return std::move(*name);
    if (!request_response) return operation;
    return operation + (direction.local() == "input" ? "Request" : "Response");
}

// Whether the direction of a binding's operation, if it names one, is that of the port type's.
bool same_direction(xml::Element bound, xml::Element abstract, std::string_view local) {
    const xml::Element in_binding = bound.child(ns::wsdl, local);
    const xml::Element in_port_type = abstract.child(ns::wsdl, local);
    if (!in_binding) return !in_port_type;
    const auto wanted = in_binding.attribute("name");
    if (!wanted) return true;
    if (!in_port_type) return false;
    const bool both = abstract.child(ns::wsdl, "input") && abstract.child(ns::wsdl, "output");
    return direction_name(in_port_type, abstract.attribute("name").value_or(""), both) == *wanted;
}

Style style_from(xml::Element soap_element, Style otherwise) {
    const std::string written = soap_element ? soap_element.attribute("style").value_or("") : "";
    if (written == "rpc") return Style::rpc;
    return written == "document" ? Style::document : otherwise;
}

}  // namespace

bool is_soap(xml::Element element) {
    return element.ns() == ns::soap11 || element.ns() == ns::soap12;
}

xml::Element soap_child(xml::Element element, std::string_view local) {
    if (const xml::Element found = element.child(ns::soap11, local)) return found;
    return element.child(ns::soap12, local);
}

SoapExtensions soap_extensions(const Node& direction) {
    SoapExtensions result;
    result.file = direction.file;
    if (direction.element) collect(direction.element, result);
    return result;
}

Transport transport_of(xml::Element binding) {
    if (const xml::Element soap = soap_child(binding, "binding")) {
        const bool v11 = soap.ns() == ns::soap11;
        // Silence means HTTP to every tool, though BP R2701 wants it said.
        const std::string transport = soap.attribute("transport").value_or(std::string(ns::http_transport));
        if (transport != ns::http_transport && transport != ns::http_transport12) return Transport::other;
        return v11 ? Transport::soap11_http : Transport::soap12_http;
    }
    if (const xml::Element http = binding.child(ns::http, "binding"))
        return http.attribute("verb").value_or("") == "GET" ? Transport::http_get : Transport::http_post;
    return Transport::other;
}

OperationsByName operations_of(const Node& port_type) {
    OperationsByName result;
    for (const xml::Element operation : port_type.element.children(ns::wsdl, "operation"))
        result.emplace(operation.attribute("name").value_or(""), operation);
    return result;
}

xml::Element matching_operation(const OperationsByName& operations, xml::Element binding_operation) {
    const auto [first, last] = operations.equal_range(binding_operation.attribute("name").value_or(""));
    if (first == last) return {};
    for (auto candidate = first; candidate != last; ++candidate)
        if (same_direction(binding_operation, candidate->second, "input") &&
            same_direction(binding_operation, candidate->second, "output"))
            return candidate->second;
    return first->second;
}

Message read_message(const QName& name, const Node& node) {
    Message message{name, {}, node.place()};
    for (const xml::Element part : node.element.children(ns::wsdl, "part"))
        message.parts.push_back({part.attribute("name").value_or(""), referred({part, node.file}, "element"),
                                 referred({part, node.file}, "type")});
    return message;
}

std::vector<Part> body_parts(const Message& message, const SoapExtensions& extensions) {
    const auto listed = extensions.body ? extensions.body.attribute("parts") : std::nullopt;
    std::vector<Part> result;
    if (listed) {
        const auto names = split(*listed);
        for (const Part& part : message.parts)
            if (contains(names, part.name)) result.push_back(part);
        return result;
    }
    std::vector<std::string> elsewhere = extensions.mime_parts;
    for (const xml::Element header : extensions.headers)
        if (referred({header, extensions.file}, "message") == message.name)
            elsewhere.push_back(header.attribute("part").value_or(""));
    for (const Part& part : message.parts)
        if (!contains(elsewhere, part.name)) result.push_back(part);
    return result;
}

Binding BindingReader::read(const QName& name, const Node& node) {
    Binding binding{name, referred(node, "type"), transport_of(node.element), {}, node.place()};
    const Node* port_type = contract_.components.port_types.find(binding.port_type);
    if (port_type == nullptr) {
        findings_.push_back({Severity::error, "HT-WSDL-008",
                             "binding " + name.local + " is for port type \"" +
                                 node.element.attribute("type").value_or("") +
                                 "\", which is not defined; define it or import the WSDL that does",
                             node.place()});
        return binding;
    }
    const Style style = style_from(soap_child(node.element, "binding"), Style::document);
    const OperationsByName abstract_operations = operations_of(*port_type);
    for (const xml::Element bound : node.element.children(ns::wsdl, "operation")) {
        if (const xml::Element abstract = matching_operation(abstract_operations, bound))
            binding.operations.push_back(
                read_operation({bound, node.file}, {abstract, port_type->file}, style));
        // What the port type lacks cannot be joined; R2718 reports it.
    }
    if (contract_.policies.asks_for_mtom(node.element))
        for (Operation& operation : binding.operations) operation.uses_mtom = true;
    return binding;
}

Operation BindingReader::read_operation(const Node& bound, const Node& abstract, Style default_style) {
    Operation operation;
    operation.name = abstract.element.attribute("name").value_or("");
    operation.place = bound.place();
    const xml::Element soap = soap_child(bound.element, "operation");
    operation.style = style_from(soap, default_style);
    if (soap) operation.soap_action = soap.attribute("soapAction").value_or("");
    if (const xml::Element text = abstract.element.child(ns::wsdl, "documentation"))
        operation.documentation = text.text();
    const xml::Element input = abstract.element.child(ns::wsdl, "input");
    const xml::Element output = abstract.element.child(ns::wsdl, "output");
    operation.one_way = input && !output;
    if (input)
        read_request(operation, {bound.element.child(ns::wsdl, "input"), bound.file}, {input, abstract.file});
    if (output)
        read_response(operation, {bound.element.child(ns::wsdl, "output"), bound.file},
                      {output, abstract.file});
    for (const xml::Element fault : abstract.element.children(ns::wsdl, "fault"))
        operation.faults.push_back({fault.attribute("name").value_or(""),
                                    message_of({fault, abstract.file}, "fault", Severity::warning)});
    operation.wrapped = is_wrapped(operation);
    operation.uses_mtom =
        carries_mime_types(operation.input_message) || carries_mime_types(operation.output_message);
    return operation;
}

void BindingReader::read_request(Operation& operation, const Node& direction, const Node& abstract) {
    operation.input_message = message_of(abstract, "input", Severity::error);
    for (const std::string_view ns : {ns::wsam, ns::wsaw})
        if (auto action = abstract.element.attribute("Action", ns)) operation.wsa_action = std::move(*action);
    const SoapExtensions extensions = soap_extensions(direction);
    if (extensions.body && extensions.body.attribute("use").value_or("") == "encoded")
        operation.use = Use::encoded;
    operation.uses_mime = operation.uses_mime || extensions.multipart;
    operation.input_element = body_element(operation, extensions, operation.input_message, operation.name);
    operation.input_headers = headers_of(extensions);
}

void BindingReader::read_response(Operation& operation, const Node& direction, const Node& abstract) {
    operation.output_message = message_of(abstract, "output", Severity::error);
    const SoapExtensions extensions = soap_extensions(direction);
    if (extensions.body && extensions.body.attribute("use").value_or("") == "encoded")
        operation.use = Use::encoded;
    operation.uses_mime = operation.uses_mime || extensions.multipart;
    operation.output_element =
        body_element(operation, extensions, operation.output_message, operation.name + "Response");
    operation.output_headers = headers_of(extensions);
}

QName BindingReader::message_of(const Node& abstract, std::string_view what, Severity severity) {
    QName name = referred(abstract, "message");
    if (contract_.components.messages.find(name) == nullptr)
        findings_.push_back({severity, "HT-WSDL-009",
                             std::string(what) + " names message \"" +
                                 abstract.element.attribute("message").value_or("") +
                                 "\", which is not defined; define it or import the WSDL that does",
                             abstract.place()});
    return name;
}

QName BindingReader::body_element(const Operation& operation, const SoapExtensions& extensions,
                                  const QName& message, std::string_view wrapper) const {
    if (operation.style == Style::rpc) {
        const std::string ns = extensions.body ? extensions.body.attribute("namespace").value_or("") : "";
        return {ns, std::string(wrapper)};
    }
    const Node* node = contract_.components.messages.find(message);
    if (node == nullptr) return {};
    const std::vector<Part> parts = body_parts(read_message(message, *node), extensions);
    return parts.empty() ? QName{} : parts.front().element;
}

std::vector<HeaderBinding> BindingReader::headers_of(const SoapExtensions& extensions) {
    std::vector<HeaderBinding> result;
    for (const xml::Element element : extensions.headers) {
        const Node at{element, extensions.file};
        HeaderBinding header{referred(at, "message"), element.attribute("part").value_or(""), {}};
        const Node* message = contract_.components.messages.find(header.message);
        if (message == nullptr) {
            findings_.push_back({Severity::warning, "HT-WSDL-009",
                                 "header names message \"" + element.attribute("message").value_or("") +
                                     "\", which is not defined; define it or import the WSDL that does",
                                 at.place()});
        } else {
            for (const xml::Element part : message->element.children(ns::wsdl, "part"))
                if (part.attribute("name").value_or("") == header.part)
                    header.element = referred({part, message->file}, "element");
        }
        result.push_back(std::move(header));
    }
    return result;
}

// JAX-WS 2.2 section 2.3.1.2: one part, an element named as the operation, whose type is a plain sequence.
bool BindingReader::is_wrapped(const Operation& operation) const {
    if (operation.style != Style::document || operation.use != Use::literal) return false;
    if (operation.input_element.local.empty() || operation.input_element.local != operation.name)
        return false;
    const auto* declared = contract_.schemas.find(ComponentKind::element, operation.input_element);
    if (declared == nullptr) return true;  // its schema is out of reach: the name is all there is to go by
    xml::Element type = declared->node.element.child(ns::xsd, "complexType");
    if (!type) {
        const QName name = referred(declared->node, "type");
        const auto* named = contract_.schemas.find(ComponentKind::type, name);
        if (named == nullptr) return false;
        type = named->node.element;
    }
    const auto children = type.children();
    return type.local() == "complexType" &&
           std::all_of(children.begin(), children.end(), [](xml::Element child) {
               return child.is(ns::xsd, "sequence") || child.is(ns::xsd, "annotation");
           });
}

bool BindingReader::carries_mime_types(const QName& message) const {
    const Node* node = contract_.components.messages.find(message);
    if (node == nullptr) return false;
    for (const Part& part : read_message(message, *node).parts) {
        const auto* element = contract_.schemas.find(ComponentKind::element, part.element);
        const auto* type = contract_.schemas.find(ComponentKind::type, part.type);
        if ((element != nullptr && element->uses_mime_type) || (type != nullptr && type->uses_mime_type))
            return true;
    }
    return false;
}

}  // namespace hutong::wsdl
