// hutong.toml to Config and back; both walk the list in fields.hpp.
#include "base/config/config.hpp"
#include "base/config/fields.hpp"
#include "base/config/recorded_values.hpp"
#include "base/config/toml_fields.hpp"

namespace hutong::config {

Result<Config> parse(std::string_view text, std::string_view name) {
    HUTONG_ASSIGN(const toml::table table, parse_toml(text, name));
    Config config;
    FieldReader reader(table, name);
    walk(reader, config);
    HUTONG_TRY(reader.finish());
    if (auto valid = config.validate(); valid.has_error()) return valid.error().at(name);
    return config;
}

Result<Config> load(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return Config{};
    HUTONG_ASSIGN(const std::string text, read_text(file));
    return parse(text, file.string());
}

std::string default_file(const Config& config) {
    FieldWriter writer;
    walk(writer, config);
    return "# Hutong. Unknown keys are refused; after a change: hutong config check, then send SIGHUP.\n\n" +
           writer.text();
}

}  // namespace hutong::config
