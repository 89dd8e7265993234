// Writes COUNT distinct signed SOAP requests, each preceded by its length in decimal and a newline.
//   bench_presign KEY.pem CHAIN.pem COUNT BODY_BYTES OUT
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <thread>
#include <vector>

#include "base/ids.hpp"
#include "base/xml/soap.hpp"
#include "security/keys/signing_key.hpp"
#include "security/outbound/message_signer.hpp"

using namespace hutong;

namespace {

// A FindCompanies request of about `bytes`, made of many small elements in a header the backend ignores.
std::string message(std::size_t bytes) {
    std::string filler;
    while (filler.size() + 400 < bytes)
        filler += "<b:entry xmlns:b=\"urn:bench\"><b:name>企业基础信息</b:name><b:value>" + new_uuid() +
                  "</b:value></b:entry>";
    return "<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>"
           "<e:Echo xmlns:e=\"urn:hutong:bench\"><e:id>" +
           new_uuid() + "</e:id>" + filler + "</e:Echo></soap:Body></soap:Envelope>";
}

Result<std::string> signed_message(const security::SigningKey& key, std::size_t bytes) {
    const std::string text = message(bytes);
    HUTONG_ASSIGN(const soap::Layout layout, soap::scan(text, {}));
    return security::sign_message(text, layout, key, {std::chrono::seconds(300), system_clock().now()});
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 6) {
        std::cerr << "usage: bench_presign KEY.pem CHAIN.pem COUNT BODY_BYTES OUT\n";
        return 2;
    }
    xml::initialize();
    const auto key = security::load_pem_key(argv[1], argv[2]);
    if (key.has_error()) {
        std::cerr << key.error().detail << "\n";
        return 1;
    }
    const std::size_t count = std::strtoull(argv[3], nullptr, 10);
    const std::size_t bytes = std::strtoull(argv[4], nullptr, 10);
    const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
    std::vector<std::string> parts(threads);
    std::vector<std::thread> workers;
    for (std::size_t t = 0; t < threads; ++t)
        workers.emplace_back([&, t] {
            for (std::size_t i = t; i < count; i += threads) {
                const auto text = signed_message(**key, bytes);
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
