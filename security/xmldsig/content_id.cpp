#include "security/xmldsig/content_id.hpp"

#include "base/bytes.hpp"

namespace hutong::security {

Result<std::string> content_id_of(std::string_view uri) {
    const Error no_cid = refused("\"" + std::string(uri.substr(0, 120)) + "\" is no cid: URI");
    if (!uri.starts_with("cid:") || uri.size() > 1024) return no_cid;
    std::string id;
    for (uri.remove_prefix(4); !uri.empty(); uri.remove_prefix(1)) {
        if (uri[0] != '%') {
            id += uri[0];
            continue;
        }
        const auto byte = from_hex(uri.substr(1, 2));
        if (byte.has_error() || byte->size() != 1) return no_cid;
        id += static_cast<char>(byte->front());
        uri.remove_prefix(2);
    }
    if (id.empty()) return no_cid;
    return id;
}

}  // namespace hutong::security
