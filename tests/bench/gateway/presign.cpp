// Writes COUNT distinct signed SOAP requests, each preceded by its length in decimal and a newline.
//   bench_presign KEY.pem CHAIN.pem COUNT BODY_BYTES|@FILE OUT
// FILE holds the Body's content; else it is made up, of BODY_BYTES.
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <optional>
#include <thread>
#include <vector>

#include "base/ids.hpp"
#include "base/xml/soap.hpp"
#include "security/keys/signing_key.hpp"
#include "security/outbound/message_signer.hpp"

using namespace hutong;

namespace {

constexpr std::string_view begin =
    "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>";
constexpr std::string_view end = "</soap:Body></soap:Envelope>";

// A FindCompanies request of about `bytes`, made of many small elements in a header the backend ignores.
std::string message(std::size_t bytes) {
    std::string filler;
    while (filler.size() + 400 < bytes)
        filler += "<b:entry xmlns:b=\"urn:bench\"><b:name>企业基础信息</b:name><b:value>" + new_uuid() +
                  "</b:value></b:entry>";
    return std::string(begin) + "<e:Echo xmlns:e=\"urn:hutong:bench\"><e:id>" + new_uuid() + "</e:id>" +
           filler + "</e:Echo>" + std::string(end);
}

struct Content {
    std::size_t bytes{0};
    std::optional<std::string> body{};
};

Content content_of(const std::string& argument) {
    if (argument.empty() || argument[0] != '@') return {std::strtoull(argument.c_str(), nullptr, 10)};
    std::ifstream file(argument.substr(1), std::ios::binary);
    return {0, std::string(std::istreambuf_iterator<char>(file), {})};
}

Result<std::string> signed_message(const security::SigningKey& key, const Content& content) {
    const std::string text =
        content.body ? std::string(begin) + *content.body + std::string(end) : message(content.bytes);
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(text, {}));
    return security::sign_message(text, layout, key, {std::chrono::seconds(300), system_clock().now()});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::cerr << "usage: bench_presign KEY.pem CHAIN.pem COUNT BODY_BYTES|@FILE OUT\n";
        return 2;
    }
    xml::initialize();
    const auto key = security::load_pem_key(argv[1], argv[2]);
    if (key.has_error()) {
        std::cerr << key.error().detail << "\n";
        return 1;
    }
    const std::size_t count = std::strtoull(argv[3], nullptr, 10);
    const Content content = content_of(argv[4]);
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::string> parts(threads);
    std::vector<std::thread> workers;
    for (std::size_t t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            for (std::size_t i = t; i < count; i += threads) {
                const auto text = signed_message(**key, content);
                if (text.has_error()) {
                    std::cerr << text.error().detail << "\n";
                    std::exit(1);
                }
                parts[t] += std::to_string(text->size()) + "\n" + *text;
            }
        });
    for (std::thread& worker : workers) worker.join();
    std::ofstream out(argv[5], std::ios::binary);
    for (const std::string& part : parts) out << part;
    return out.good() ? 0 : 1;
}
