#include "registry/catalogue/contract_words.hpp"

#include <set>

namespace hutong::registry {

namespace {

constexpr std::string_view xsd = "http://www.w3.org/2001/XMLSchema";
constexpr std::size_t most_bytes = 256u << 10;

// Lines, each once.
class Lines {
  public:
    void add(const std::string& line) {
        if (line.empty() || text_.size() + line.size() >= most_bytes || !seen_.insert(line).second) return;
        text_ += line;
        text_ += '\n';
    }
    std::string take() { return std::move(text_); }

  private:
    std::set<std::string> seen_;
    std::string text_;
};

// As deep as the parser's limit at most.
void add_elements(const xml::Element& element, Lines& lines) {
    if (element.ns() == xsd) {
        const std::string_view local = element.local();
        if (local == "element" || local == "attribute") lines.add(element.attribute("name").value_or(""));
        if (local == "documentation") lines.add(element.text());
    }
    for (xml::Element child = element.first_child(); child; child = child.next_sibling())
        add_elements(child, lines);
}

}  // namespace

ContractWords contract_words(const wsdl::Description& description, const wsdl::Bundle& bundle) {
    Lines operations, elements;
    for (const wsdl::Binding& binding : description.bindings) {
        for (const wsdl::Operation& operation : binding.operations) {
            operations.add(operation.name);
            operations.add(operation.documentation);
        }
    }
    for (const wsdl::Message& message : description.messages)
        for (const wsdl::Part& part : message.parts)
            if (!part.type.local.empty()) elements.add(part.name);
    for (const auto& [path, text] : bundle.files)
        if (const auto document = xml::parse(text); document.has_value())
            add_elements(document->root(), elements);
    return {operations.take(), elements.take()};
}

}  // namespace hutong::registry
