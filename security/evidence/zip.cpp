#include "security/evidence/zip.hpp"

#include <zip.h>

namespace hutong::security::evidence {

namespace {

// Whether the file could not be had; any other code says what is wrong with its bytes.
bool of_the_file(int code) {
    return code == ZIP_ER_NOENT || code == ZIP_ER_OPEN || code == ZIP_ER_READ || code == ZIP_ER_MEMORY;
}

Result<zip*> open_archive(const std::filesystem::path& file, int flags) {
    int code = 0;
    if (zip* archive = zip_open(file.c_str(), flags, &code)) return archive;
    zip_error_t error;
    zip_error_init_with_code(&error, code);
    const std::string reason = zip_error_strerror(&error);
    zip_error_fini(&error);
    return Error{of_the_file(code) ? ErrorCode::unavailable : ErrorCode::corrupt,
                 file.string() + ": " + reason};
}

}  // namespace

void ZipReader::Discard::operator()(zip* archive) const {
    zip_discard(archive);
}

Result<ZipReader> ZipReader::open(const std::filesystem::path& file) {
    HUTONG_ASSIGN(const auto archive, open_archive(file, ZIP_RDONLY | ZIP_CHECKCONS));
    return ZipReader(archive);
}

std::vector<std::string> ZipReader::names() const {
    std::vector<std::string> all;
    const zip_int64_t count = zip_get_num_entries(archive_.get(), 0);
    for (zip_int64_t i = 0; i < count; ++i) {
        const char* const name = zip_get_name(archive_.get(), static_cast<zip_uint64_t>(i), 0);
        all.emplace_back(name ? name : "");
    }
    return all;
}

Result<Bytes> ZipReader::read(const std::string& name, std::size_t limit) const {
    const auto damaged = [&](const std::string& why) { return Error{ErrorCode::corrupt, name + ": " + why}; };
    struct Close {
        void operator()(zip_file_t* entry) const { zip_fclose(entry); }
    };
    const std::unique_ptr<zip_file_t, Close> entry(zip_fopen(archive_.get(), name.c_str(), 0));
    if (!entry) return damaged("not in the zip");
    // The size that the zip declares is its author's word only: what comes out is counted instead.
    Bytes content;
    Bytes piece(64u << 10);
    for (;;) {
        const auto count = zip_fread(entry.get(), piece.data(), piece.size());
        if (count < 0) return damaged("cannot be unpacked");
        if (count == 0) return content;
        if (content.size() + static_cast<std::size_t>(count) > limit)
            return Error{ErrorCode::limit,
                         name + ": longer than the " + std::to_string(limit) + " bytes it may have"};
        content.insert(content.end(), piece.begin(), piece.begin() + count);
    }
}

}  // namespace hutong::security::evidence
