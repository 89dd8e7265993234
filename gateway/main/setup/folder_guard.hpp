// Takes back what a failed init or join made: the folder is afterwards as it was before, empty or absent.
//
// Only for a folder that was empty when the guard was made; keep() at the end of success.
#pragma once

#include "base/home.hpp"

namespace hutong::setup {

class FolderGuard {
  public:
    // Error: conflict, when the folder holds a platform or anything else; unavailable, when it cannot be
    // looked into.
    static Result<FolderGuard> make(const Home& home);
    ~FolderGuard();
    FolderGuard(FolderGuard&& other) noexcept;
    FolderGuard& operator=(FolderGuard&&) = delete;
    void keep() { armed_ = false; }

  private:
    FolderGuard(std::filesystem::path root, bool existed) : root_(std::move(root)), existed_(existed) {}
    std::filesystem::path root_;
    bool existed_;
    bool armed_{true};
};

}  // namespace hutong::setup
