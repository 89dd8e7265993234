#include "gateway/http/coding.hpp"

#include <array>
#include <cstdlib>
#include <new>

#include <zlib.h>

#include "gateway/http/text.hpp"

namespace hutong::http {

namespace {

constexpr std::size_t step = 16u << 10;
constexpr std::uint64_t ratio_checked_from = 1u << 20;

Bytef* in_bytes(std::string_view bytes) {  // zlib's API predates const; it only reads
    return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

}  // namespace

std::optional<Coding> coding_of(const Headers& headers) {
    const std::size_t count = headers.count("Content-Encoding");
    if (count == 0) return Coding::identity;
    const std::string_view name = *headers.find("Content-Encoding");
    if (count > 1) return std::nullopt;
    if (same_ignoring_case(name, "identity")) return Coding::identity;
    if (same_ignoring_case(name, "gzip") || same_ignoring_case(name, "x-gzip")) return Coding::gzip;
    if (same_ignoring_case(name, "deflate")) return Coding::deflate;
    return std::nullopt;
}

struct BodyCollector::Inflate {
    explicit Inflate(Coding which) : coding(which) {}
    ~Inflate() {
        if (started) inflateEnd(&zlib);
    }
    // "deflate" means the zlib format, but some programs send the bare stream: the first byte tells (RFC
    // 1950).
    void start(unsigned char first) {
        const int window = coding == Coding::gzip ? 15 + 16 : (first & 0x0f) == 8 ? 15 : -15;
        if (inflateInit2(&zlib, window) != Z_OK) throw std::bad_alloc();
        started = true;
    }
    Coding coding;
    z_stream zlib{};
    bool started{false};
    bool ended{false};
};

BodyCollector::BodyCollector(BodySink& into, Coding coding, BodyLimits limits)
    : into_(into), limits_(limits) {
    if (coding != Coding::identity) inflate_ = std::make_unique<Inflate>(coding);
}

BodyCollector::~BodyCollector() = default;

Result<void> BodyCollector::store(std::string_view bytes) {
    stored_ += bytes.size();
    if (stored_ > limits_.max_bytes) {
        return Error{ErrorCode::limit,
                     "the body is larger than " + std::to_string(limits_.max_bytes) + " bytes"};
    }
    if (inflate_ && limits_.max_ratio > 0 && stored_ > ratio_checked_from &&
        stored_ / limits_.max_ratio > received_) {
        return Error{ErrorCode::limit, "the compressed body inflates more than " +
                                           std::to_string(limits_.max_ratio) + " times"};
    }
    return into_.take(bytes);
}

Result<void> BodyCollector::inflate(std::string_view bytes) {
    z_stream& zlib = inflate_->zlib;
    if (!inflate_->started) inflate_->start(static_cast<unsigned char>(bytes.front()));
    zlib.next_in = in_bytes(bytes);
    zlib.avail_in = static_cast<uInt>(bytes.size());
    std::array<char, step> out;
    for (;;) {
        if (inflate_->ended) {
            if (zlib.avail_in == 0) return {};
            if (inflate_->coding != Coding::gzip)
                return invalid("bytes follow the end of the compressed body");
            inflateReset(&zlib);  // a further gzip member (RFC 1952 section 2.2)
            inflate_->ended = false;
        }
        zlib.next_out = reinterpret_cast<Bytef*>(out.data());
        zlib.avail_out = out.size();
        const int result = ::inflate(&zlib, Z_NO_FLUSH);
        if (result != Z_OK && result != Z_STREAM_END && result != Z_BUF_ERROR) {
            return invalid(std::string("the compressed body is malformed: ") +
                           (zlib.msg ? zlib.msg : "bad data"));
        }
        HUTONG_TRY(store({out.data(), out.size() - zlib.avail_out}));
        inflate_->ended = result == Z_STREAM_END;
        if (!inflate_->ended && zlib.avail_out > 0) return {};  // all input is used up
    }
}

Result<void> BodyCollector::take(std::string_view bytes) {
    if (bytes.empty()) return {};
    received_ += bytes.size();
    if (!inflate_) return store(bytes);
    if (received_ > limits_.max_bytes) {
        return Error{ErrorCode::limit,
                     "the body is larger than " + std::to_string(limits_.max_bytes) + " bytes"};
    }
    return inflate(bytes);
}

Result<void> BodyCollector::finish() {
    if (inflate_ && received_ > 0 && !inflate_->ended) return invalid("the compressed body is cut short");
    return {};
}

struct GzipWriter::State {
    z_stream zlib{};
};

GzipWriter::GzipWriter() : state_(std::make_unique<State>()) {
    // Level 1: on SOAP it gives most of the gain for a fraction of the time.
    if (deflateInit2(&state_->zlib, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        throw std::bad_alloc();
}

GzipWriter::~GzipWriter() {
    deflateEnd(&state_->zlib);
}

void GzipWriter::write(std::string_view bytes, bool last, std::string& out) {
    z_stream& zlib = state_->zlib;
    zlib.next_in = in_bytes(bytes);
    zlib.avail_in = static_cast<uInt>(bytes.size());
    do {
        const std::size_t before = out.size();
        out.resize(before + step);
        zlib.next_out = reinterpret_cast<Bytef*>(out.data() + before);
        zlib.avail_out = step;
        deflate(&zlib, last ? Z_FINISH : Z_NO_FLUSH);
        out.resize(before + step - zlib.avail_out);
    } while (zlib.avail_out == 0);
}

bool accepts_gzip(const Headers& request) {
    bool accepted = false;
    for (const auto& [name, value] : request.all()) {
        if (!same_ignoring_case(name, "Accept-Encoding")) continue;
        for_each_member(value, [&](std::string_view member) {
            const std::size_t semicolon = member.find(';');
            const std::string_view coding = trim(member.substr(0, semicolon));
            if (!same_ignoring_case(coding, "gzip") && !same_ignoring_case(coding, "x-gzip")) return;
            std::string_view weight =
                semicolon == std::string_view::npos ? "" : trim(member.substr(semicolon + 1));
            const bool zero = weight.size() > 2 && lower(weight[0]) == 'q' && weight[1] == '=' &&
                              weight.find_first_of("123456789") == std::string_view::npos;
            accepted = !zero;
        });
    }
    return accepted;
}

bool is_compressible(std::string_view content_type) {
    const std::string type = lower(trim(content_type.substr(0, content_type.find(';'))));
    return type.starts_with("text/") || type.ends_with("+xml") || type.ends_with("+json") ||
           type == "application/xml" || type == "application/json" || type == "application/javascript" ||
           type == "application/wasm";
}

}  // namespace hutong::http
