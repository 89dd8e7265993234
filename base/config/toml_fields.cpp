#include "base/config/toml_fields.hpp"

namespace hutong::config {

Result<toml::table> parse_toml(std::string_view text, std::string_view name) {
    try {
        return toml::parse(text, name);
    } catch (const toml::parse_error& e) {
        return invalid(std::string(name) + " line " + std::to_string(e.source().begin.line) + ": " +
                       std::string(e.description()));
    }
}

}  // namespace hutong::config
