#include "security/keys/pkcs11/library.hpp"

#include <map>
#include <mutex>

#include <dlfcn.h>

namespace hutong::security::pkcs11 {

namespace {

std::mutex loading;
// Not more than one of a file: C_Initialize may be called once in a process.
std::map<std::string, std::weak_ptr<Library>>& loaded() {
    static std::map<std::string, std::weak_ptr<Library>> all;
    return all;
}

std::string loader_error() {
    const char* const text = ::dlerror();
    return text != nullptr ? text : "no reason given";
}

}  // namespace

Result<std::shared_ptr<Library>> Library::load(const std::string& file) {
    if (!file.starts_with('/'))
        return invalid("keys.pkcs11_module: \"" + file + "\" is not the absolute path of a library");
    const std::lock_guard hold(loading);
    if (auto present = loaded()[file].lock()) return present;
    // Stays loaded: libraries leave threads and handlers of their own behind.
    void* const handle = ::dlopen(file.c_str(), RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
    if (handle == nullptr) return invalid("keys.pkcs11_module cannot be loaded: " + loader_error());
    const auto list = reinterpret_cast<CK_C_GetFunctionList>(::dlsym(handle, "C_GetFunctionList"));
    CK_FUNCTION_LIST* calls = nullptr;
    if (list == nullptr || list(&calls) != CKR_OK || calls == nullptr)
        return invalid("keys.pkcs11_module: " + file + " is not a PKCS #11 library");
    std::shared_ptr<Library> made(new Library(handle, calls));
    static_cast<void>(made->initialise());
    loaded()[file] = made;
    return made;
}

Library::~Library() {
    calls_->C_Finalize(nullptr);
    ::dlclose(handle_);
}

CK_RV Library::initialise() {
    CK_C_INITIALIZE_ARGS arguments{};
    arguments.flags = CKF_OS_LOCKING_OK;  // many threads call it
    ++starts_;
    const CK_RV done = calls_->C_Initialize(&arguments);
    return done == CKR_CRYPTOKI_ALREADY_INITIALIZED ? CKR_OK : done;
}

void Library::enter(CK_SLOT_ID slot) {
    const std::lock_guard hold(mutex_);
    if (inside_[slot]++ == 0) calls_->C_CloseAllSessions(slot);
}

bool Library::leave(CK_SLOT_ID slot) {
    const std::lock_guard hold(mutex_);
    return --inside_[slot] == 0;
}

std::optional<Library::FileTime> Library::refused_pin(const std::string& serial,
                                                      const std::filesystem::path& file) const {
    const std::lock_guard hold(mutex_);
    const auto found = refused_pins_.find(serial + '\n' + file.string());
    return found == refused_pins_.end() ? std::nullopt : std::optional(found->second);
}

void Library::note_pin(const std::string& serial, const std::filesystem::path& file,
                       std::optional<FileTime> refused) {
    const std::lock_guard hold(mutex_);
    if (refused)
        refused_pins_[serial + '\n' + file.string()] = *refused;
    else
        refused_pins_.erase(serial + '\n' + file.string());
}

bool Library::restart(std::chrono::milliseconds patience) {
    const std::unique_lock alone(in_use_, patience);
    if (!alone.owns_lock()) return false;
    calls_->C_Finalize(nullptr);
    return initialise() == CKR_OK;
}

}  // namespace hutong::security::pkcs11
