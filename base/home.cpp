#include "base/home.hpp"

#include <fstream>

#include <sys/stat.h>

namespace hutong {

namespace fs = std::filesystem;

Result<void> Home::create() const {
    std::error_code failed;
    if (fs::exists(config(), failed) || fs::exists(node_id_file(), failed))
        return Error{ErrorCode::conflict, root.string() + " holds a platform already; choose another --home"};
    struct Folder {
        fs::path path;
        mode_t mode;
    };
    // The home itself can be passed through, so that the database's own user reaches pg/; what is secret is
    // closed below.
    const Folder folders[] = {{root, 0711},      {run(), 0700},   {keys(), 0700},  {pki(), 0700},
                              {journal(), 0700}, {cache(), 0700}, {spool(), 0700}, {log(), 0750}};
    for (const Folder& folder : folders) {
        fs::create_directories(folder.path, failed);
        if (failed || ::chmod(folder.path.c_str(), folder.mode) != 0)
            return unavailable(folder.path.string() + " cannot be made: " +
                               (failed ? failed.message() : std::string("its mode cannot be set")));
    }
    return {};
}

Result<std::string> Home::node_id() const {
    std::ifstream in(node_id_file());
    std::string id;
    if (!(in >> id))
        return not_found(root.string() + " holds no platform; make one with: hutong init --home " +
                         root.string());
    return id;
}

}  // namespace hutong
