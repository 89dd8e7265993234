#include "gateway/main/admin/edits.hpp"

namespace hutong::admin {

Result<registry::Edit> edit_of(const Services& services, const Arguments& arguments) {
    HUTONG_ASSIGN(const std::optional<std::string> seen, arguments.optional_text("if_match"));
    return registry::Edit{services.editor, seen.value_or(""), services.must_see};
}

void tell_replaced(const std::optional<registry::Replaced>& replaced, json::object& said) {
    if (!replaced) return;
    said["replaced"] = json::object{{"revision", replaced->revision},
                                    {"by", replaced->by},
                                    {"at", replaced->at},
                                    {"changed", json::array(replaced->parts.begin(), replaced->parts.end())}};
}

}  // namespace hutong::admin
