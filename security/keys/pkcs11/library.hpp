// A PKCS #11 library, loaded and initialised: one for the process and each file.
//
// Calls into it are made while a Use is held; starting it anew waits until there is none. Safe from any
// thread.
#pragma once

#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <string>

#include "base/result.hpp"
#include "security/keys/pkcs11/cryptoki.hpp"

namespace hutong::security::pkcs11 {

class Library {
  public:
    using Use = std::shared_lock<std::shared_timed_mutex>;

    // The one there is for this file, or a new one. Errors: invalid (not an absolute path, no such library).
    // That it cannot be initialised is no error yet: its tokens are away.
    static Result<std::shared_ptr<Library>> load(const std::string& file);
    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    Use use() { return Use(in_use_); }
    const CK_FUNCTION_LIST& calls() const { return *calls_; }

    // C_Finalize and C_Initialize: what some libraries need to see that a token is back. All sessions of all
    // tokens end. False: it fails, or is in use for longer than one waits.
    bool restart(std::chrono::milliseconds patience);
    // How often it was started. While a Use is held it stays the same; handles of another time are void.
    unsigned starts() const { return starts_; }

    // How many tokens are connected through it.
    std::atomic<int> connected{0};

    // One token may be known by several names, and each of them has sessions of its own in its slot. The
    // login is the slot's: the first that comes in ends what is left from before, and nobody after it does. A
    // Use is held.
    void enter(CK_SLOT_ID slot);
    bool leave(CK_SLOT_ID slot);  // true: it was the last

    // When the file was written whose PIN the token of this serial number refused, by whatever name.
    using FileTime = std::filesystem::file_time_type;
    std::optional<FileTime> refused_pin(const std::string& serial, const std::filesystem::path& file) const;
    void note_pin(const std::string& serial, const std::filesystem::path& file,
                  std::optional<FileTime> refused);

  private:
    Library(void* handle, CK_FUNCTION_LIST* calls) : handle_(handle), calls_(calls) {}
    CK_RV initialise();

    void* const handle_;
    CK_FUNCTION_LIST* const calls_;
    std::shared_timed_mutex in_use_;
    std::atomic<unsigned> starts_{0};
    mutable std::mutex mutex_;
    std::map<CK_SLOT_ID, int> inside_;
    std::map<std::string, FileTime> refused_pins_;
};

}  // namespace hutong::security::pkcs11
