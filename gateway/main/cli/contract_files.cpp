#include "gateway/main/cli/contract_files.hpp"

#include "base/bytes.hpp"
#include "gateway/main/cli/ask.hpp"
#include "gateway/main/cli/text.hpp"

namespace hutong::cli {

Result<wsdl::Bundle> load_contract(const Context& context, const std::string& file) {
    const auto config = config::load(context.home.config());
    return wsdl::load_bundle(file, config ? config->wsdl : config::Wsdl{});
}

json::object contract_arguments(const wsdl::Bundle& bundle) {
    json::object files;
    for (const auto& [path, content] : bundle.files) files[path] = to_base64(as_bytes(content));
    return {{"main", bundle.main}, {"files", std::move(files)}};
}

std::string changes_text(const json::value& result) {
    std::string text;
    for (const json::value& change : result.at("changes").as_array()) {
        const std::string breaks = text_of(change, "breaks");
        const std::string mark = breaks == "no"     ? "compatible"
                                 : breaks == "both" ? "breaks request and answer"
                                                    : "breaks " + breaks;
        text += one_line(mark + ": " + text_of(change, "where") + ": " + text_of(change, "what")) + "\n";
    }
    return text;
}

}  // namespace hutong::cli
