// How the errors of libxml2's XML Schema code are taken down. Not for other rooms.
#pragma once

#include <string>
#include <string_view>

#include <libxml/xmlerror.h>

namespace hutong::xml {

// What the names of the files of a SchemaSet begin with.
inline constexpr std::string_view bundle_scheme = "bundle:///";

// Keeps the first error: what follows is mostly its consequence.
struct FirstError {
    std::string text;
    static void take(void* self, xmlErrorPtr error) {
        auto& first = *static_cast<FirstError*>(self);
        if (!first.text.empty() || error == nullptr || error->level < XML_ERR_ERROR) return;
        std::string_view file = error->file == nullptr ? std::string_view{} : std::string_view(error->file);
        if (file.starts_with(bundle_scheme)) file.remove_prefix(bundle_scheme.size());
        std::string message = error->message == nullptr ? "unknown reason" : error->message;
        message.erase(message.find_last_not_of(" \n") + 1);
        first.text =
            (file.empty() ? "line " : std::string(file) + ":") + std::to_string(error->line) + ": " + message;
    }
};

}  // namespace hutong::xml
