#include "base/xml/schema.hpp"

#include <mutex>

#include <libxml/parser.h>
#include <libxml/xmlIO.h>
#include <libxml/xmlschemas.h>

#include "base/xml/libxml.hpp"
#include "base/xml/schema_error.hpp"

namespace hutong::xml {

namespace {

// Schema compilation loads imports through libxml2's process-wide entity loader. It is replaced by one that
// knows only the files of the set being compiled on this thread; elsewhere it finds nothing, so nothing ever
// reaches the network.
thread_local const std::map<std::string, std::string>* files_of_this_thread = nullptr;

constexpr std::string_view scheme = bundle_scheme;

xmlParserInputPtr load_from_bundle(const char* url, const char*, xmlParserCtxtPtr context) {
    if (files_of_this_thread == nullptr || url == nullptr) return nullptr;
    std::string_view path(url);
    if (path.substr(0, scheme.size()) != scheme) return nullptr;
    path.remove_prefix(scheme.size());
    const auto found = files_of_this_thread->find(std::string(path));
    if (found == files_of_this_thread->end()) return nullptr;
    xmlParserInputBufferPtr buffer = xmlParserInputBufferCreateMem(
        found->second.data(), static_cast<int>(found->second.size()), XML_CHAR_ENCODING_NONE);
    if (buffer == nullptr) return nullptr;
    xmlParserInputPtr input = xmlNewIOInputStream(context, buffer, XML_CHAR_ENCODING_NONE);
    if (input != nullptr)
        input->filename = reinterpret_cast<char*>(xmlStrdup(reinterpret_cast<const xmlChar*>(url)));
    return input;
}

void install_loader() {
    static std::once_flag once;
    std::call_once(once, [] { xmlSetExternalEntityLoader(load_from_bundle); });
}

}  // namespace

struct SchemaSet::State {
    std::map<std::string, std::string> files;
    std::unique_ptr<xmlSchema, void (*)(xmlSchema*)> schema{nullptr, xmlSchemaFree};
};

SchemaSet::SchemaSet(std::unique_ptr<State> state) : state_(std::move(state)) {}
SchemaSet::SchemaSet(SchemaSet&&) noexcept = default;
SchemaSet& SchemaSet::operator=(SchemaSet&&) noexcept = default;
SchemaSet::~SchemaSet() = default;

Result<SchemaSet> SchemaSet::compile(const std::map<std::string, std::string>& files,
                                     const std::string& main) {
    initialize();
    install_loader();
    auto state = std::make_unique<State>();
    state->files = files;
    files_of_this_thread = &state->files;
    FirstError first;
    const std::string url = std::string(scheme) + main;
    const std::unique_ptr<xmlSchemaParserCtxt, void (*)(xmlSchemaParserCtxt*)> context(
        xmlSchemaNewParserCtxt(url.c_str()), xmlSchemaFreeParserCtxt);
    xmlSchemaSetParserStructuredErrors(context.get(), FirstError::take, &first);
    state->schema.reset(xmlSchemaParse(context.get()));
    files_of_this_thread = nullptr;
    if (!state->schema)
        return invalid(first.text.empty() ? main + ": the schema does not compile" : first.text);
    return SchemaSet(std::move(state));
}

_xmlSchema* SchemaSet::raw() const {
    return state_->schema.get();
}

Result<void> SchemaSet::validate(Element element) const {
    FirstError first;
    const std::unique_ptr<xmlSchemaValidCtxt, void (*)(xmlSchemaValidCtxt*)> context(
        xmlSchemaNewValidCtxt(state_->schema.get()), xmlSchemaFreeValidCtxt);
    if (!context) return internal("no memory for validation");
    xmlSchemaSetValidStructuredErrors(context.get(), FirstError::take, &first);
    const int verdict = xmlSchemaValidateOneElement(context.get(), element.raw());
    if (verdict == 0) return {};
    return invalid(first.text.empty() ? "does not fit the schema" : first.text);
}

}  // namespace hutong::xml
