#include "tests/unit/xmlenc/foreign_encrypter.hpp"

#include <stdexcept>

#include <boost/json.hpp>

#include "tests/unit/xmldsig/wss_template.hpp"

namespace hutong::test {

namespace json = boost::json;

ForeignEncrypter::ForeignEncrypter() {
    std::string name = (std::filesystem::temp_directory_path() / "hutong-encrypter-XXXXXX").string();
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("cannot make " + name);
    folder_ = name;
}

ForeignEncrypter::~ForeignEncrypter() {
    std::error_code ignored;
    std::filesystem::remove_all(folder_, ignored);
}

void ForeignEncrypter::add(const std::string& name, const EncryptionJob& job) {
    json::object said{{"certificate", job.recipient->certificate_pem()},
                      {"transport", job.transport},
                      {"digest", job.digest},
                      {"mgf", job.mgf},
                      {"cipher", job.cipher},
                      {"parts", json::value_from(job.parts)},
                      {"key_info", job.key_info},
                      {"order", job.append ? "append" : "prepend"},
                      {"list", job.list_beside ? "beside" : "inside"},
                      {"plaintext", json::value_from(job.plaintext)}};
    if (job.key_bytes != 0) said["key_bytes"] = job.key_bytes;
    write_file(folder_ / (name + ".plain"), job.message);
    write_file(folder_ / (name + ".json"), json::serialize(said));
}

void ForeignEncrypter::run() {
    const auto [good, output] =
        run_command("/usr/bin/python3 '" HUTONG_SOURCE_DIR "/tests/unit/xmlenc/encrypt_messages.py' '" +
                    folder_.string() + "'");
    if (!good) throw std::runtime_error("encrypt_messages.py: " + output);
}

std::string ForeignEncrypter::encrypted(const std::string& name) const {
    return read_file(folder_ / (name + ".xml"));
}

}  // namespace hutong::test
