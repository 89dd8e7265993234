#include "gateway/main/setup/folder_guard.hpp"

#include <utility>

namespace hutong::setup {

namespace fs = std::filesystem;

Result<FolderGuard> FolderGuard::make(const Home& home) {
    if (home.root.empty()) return invalid("no home folder is given: use --home DIR or set HUTONG_HOME");
    std::error_code failed;
    if (!fs::exists(home.root, failed)) return FolderGuard(home.root, false);
    if (!fs::is_directory(home.root, failed)) return invalid(home.root.string() + " is not a folder");
    if (home.node_id())
        return Error{ErrorCode::conflict,
                     home.root.string() + " holds a platform already: choose another --home"};
    const fs::directory_iterator entries(home.root, failed);
    if (failed) return unavailable(home.root.string() + " cannot be looked into: " + failed.message());
    for (const fs::directory_entry& entry : entries)
        if (entry.path().filename() != "lost+found")
            return Error{ErrorCode::conflict, home.root.string() + " is not empty (" +
                                                  entry.path().filename().string() +
                                                  "): choose a new or empty folder as --home"};
    return FolderGuard(home.root, true);
}

FolderGuard::FolderGuard(FolderGuard&& other) noexcept
    : root_(std::move(other.root_)), existed_(other.existed_), armed_(std::exchange(other.armed_, false)) {}

FolderGuard::~FolderGuard() {
    if (!armed_) return;
    std::error_code ignored;
    if (!existed_) {
        fs::remove_all(root_, ignored);
        return;
    }
    for (const fs::directory_entry& entry : fs::directory_iterator(root_, ignored))
        if (entry.path().filename() != "lost+found") fs::remove_all(entry.path(), ignored);
}

}  // namespace hutong::setup
