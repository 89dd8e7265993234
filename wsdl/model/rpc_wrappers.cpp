#include "wsdl/model/rpc_wrappers.hpp"

#include <algorithm>
#include <optional>

#include "wsdl/model/names.hpp"

namespace hutong::wsdl {

namespace {

using Messages = std::map<QName, const Message*>;

// The namespace of a wrapper must not be imported into itself.
class WrapperWriter {
  public:
    WrapperWriter(const std::string& ns, const SchemaIndex& schemas) : ns_(ns), schemas_(schemas) {}

    // With attachments a part may travel outside of the Body, so each accessor may be absent.
    void add(const std::string& local, const Message& message, const std::vector<HeaderBinding>& headers,
             bool optional) {
        if (schemas_.find(ComponentKind::element, {ns_, local}) != nullptr) return;
        std::string accessors;
        std::set<std::string> used;
        for (const Part& part : message.parts) {
            if (is_header(message, part, headers)) continue;
            const auto accessor = accessor_for(part, used, optional);
            if (!accessor) return;
            accessors += *accessor;
        }
        if (!declared_.insert(local).second) return;  // an overload: the first form is the one declared
        wrappers_.namespaces.insert(used.begin(), used.end());
        body_ += "<xs:element name=\"" + xml::escape(local) + "\"><xs:complexType><xs:sequence>" + accessors +
                 "</xs:sequence></xs:complexType></xs:element>\n";
    }

    std::optional<RpcWrappers> finish() {
        if (body_.empty()) return std::nullopt;
        wrappers_.namespaces.erase(ns_);
        wrappers_.namespaces.erase(std::string(ns::xsd));
        wrappers_.declarations = "<xs:schema xmlns:xs=\"" + std::string(ns::xsd) + "\"" +
                                 (ns_.empty() ? "" : " targetNamespace=\"" + xml::escape(ns_) + "\"") +
                                 ">\n" + body_ + "</xs:schema>\n";
        return std::move(wrappers_);
    }

  private:
    static bool is_header(const Message& message, const Part& part,
                          const std::vector<HeaderBinding>& headers) {
        return std::any_of(headers.begin(), headers.end(), [&](const HeaderBinding& header) {
            return header.message == message.name && header.part == part.name;
        });
    }

    // A part given by element (against R2203, but in use) is an accessor that holds that element.
    std::optional<std::string> accessor_for(const Part& part, std::set<std::string>& used,
                                            bool optional) const {
        const std::string open =
            "<xs:element name=\"" + xml::escape(part.name) + "\"" + (optional ? " minOccurs=\"0\"" : "");
        const bool by_element = !part.element.local.empty();
        const QName& name = by_element ? part.element : part.type;
        const ComponentKind kind = by_element ? ComponentKind::element : ComponentKind::type;
        if (name.local.empty() || name.ns == ns::soap_encoding || !schemas_.declares(kind, name))
            return std::nullopt;
        used.insert(name.ns);
        const std::string scope = name.ns.empty() ? "" : " xmlns:p=\"" + xml::escape(name.ns) + "\"";
        const std::string written = (name.ns.empty() ? "" : "p:") + xml::escape(name.local);
        if (!by_element) return open + scope + " type=\"" + written + "\"/>";
        return open + "><xs:complexType><xs:sequence><xs:element" + scope + " ref=\"" + written +
               "\"/></xs:sequence></xs:complexType></xs:element>";
    }

    std::string ns_;
    const SchemaIndex& schemas_;
    RpcWrappers wrappers_;
    std::string body_;
    std::set<std::string> declared_;
};

}  // namespace

std::map<std::string, RpcWrappers> rpc_wrappers(const Description& description, const SchemaIndex& schemas) {
    Messages messages;
    for (const Message& message : description.messages) messages.try_emplace(message.name, &message);
    std::map<std::string, WrapperWriter> writers;
    const auto add = [&](const QName& wrapper, const QName& message,
                         const std::vector<HeaderBinding>& headers, bool mime) {
        const auto found = messages.find(message);
        if (found == messages.end() || wrapper.local.empty()) return;
        writers.try_emplace(wrapper.ns, wrapper.ns, schemas)
            .first->second.add(wrapper.local, *found->second, headers, mime);
    };
    for (const Binding& binding : description.bindings) {
        for (const Operation& operation : binding.operations) {
            if (operation.style != Style::rpc || operation.use != Use::literal) continue;
            add(operation.input_element, operation.input_message, operation.input_headers,
                operation.uses_mime);
            add(operation.output_element, operation.output_message, operation.output_headers,
                operation.uses_mime);
        }
    }
    std::map<std::string, RpcWrappers> result;
    for (auto& [ns, writer] : writers)
        if (auto wrappers = writer.finish()) result.emplace(ns, std::move(*wrappers));
    return result;
}

}  // namespace hutong::wsdl
