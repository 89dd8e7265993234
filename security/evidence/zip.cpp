#include "security/evidence/zip.hpp"

#include <cstdlib>
#include <cstring>

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

void ZipWriter::Discard::operator()(zip* archive) const {
    zip_discard(archive);
}
void ZipReader::Discard::operator()(zip* archive) const {
    zip_discard(archive);
}

Result<ZipWriter> ZipWriter::create(const std::filesystem::path& file) {
    HUTONG_ASSIGN(const auto archive, open_archive(file, ZIP_CREATE | ZIP_TRUNCATE));
    return ZipWriter(archive);
}

Result<void> ZipWriter::add(const std::string& name, ByteView content) {
    // libzip reads the bytes when the archive is closed and frees them then.
    void* copy = std::malloc(content.size() + 1);
    if (!copy) return unavailable(name + ": no memory for this part of the zip");
    if (!content.empty()) std::memcpy(copy, content.data(), content.size());
    zip_source_t* source = zip_source_buffer(archive_.get(), copy, content.size(), 1);
    if (!source) {
        std::free(copy);
        return internal(name + ": " + zip_strerror(archive_.get()));
    }
    if (zip_file_add(archive_.get(), name.c_str(), source, ZIP_FL_ENC_UTF_8) < 0) {
        zip_source_free(source);
        return internal(name + ": " + zip_strerror(archive_.get()));
    }
    return {};
}

Result<void> ZipWriter::finish() {
    if (zip_close(archive_.get()) != 0)
        return unavailable("the zip cannot be written: " + std::string(zip_strerror(archive_.get())));
    archive_.release();  // zip_close() freed it
    return {};
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
