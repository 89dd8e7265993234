#include "tests/fuzz/fuzz_keys.hpp"

#include <cstdlib>

#include <openssl/ecdsa.h>
#include <openssl/pem.h>

namespace hutong::test {

namespace {

// Made for these files; they protect nothing.
const char* const p256_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgVSB8zGo/3tVd1Ih1\n"
    "GhpzzfrH9f3pdKWnMf/IVMq+tqWhRANCAAQ5hIqILpOtwpzj4G9t1F0wjF/f/42u\n"
    "j4WhBmWoM9G7a0kD1/rn0/JNz3/37nLSJOp9sB7g3mUGg8RQJl3YCZXS\n"
    "-----END PRIVATE KEY-----\n";
const char* const p256_certificate =
    "MIIBdTCCARugAwIBAgIUVBZhmdxspAXzxqLRUrouGx6JIb4wCgYIKoZIzj0EAwIwDzENMAsGA1UEAwwEZnV6ejAgFw0y"
    "NjExMjQxNDU0MThaGA8yMTI2MTAzMTE0NTQxOFowDzENMAsGA1UEAwwEZnV6ejBZMBMGByqGSM49AgEGCCqGSM49AwEH"
    "A0IABDmEioguk63CnOPgb23UXTCMX9//ja6PhaEGZagz0btrSQPX+ufT8k3Pf/fuctIk6n2wHuDeZQaDxFAmXdgJldKj"
    "UzBRMB0GA1UdDgQWBBTZvtd7T1dEmpYircAmLS/Q9CgYLDAfBgNVHSMEGDAWgBTZvtd7T1dEmpYircAmLS/Q9CgYLDAP"
    "BgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDeRgVVebAUKMj7xEsyiJ+g2+HWndMNAY/YKPFxFdWmAgIg"
    "GPd284zI7al+5QRh1RTksOqta/ja3DV7/rCeqD1Im/Y=";
const char* const rsa_pem =
    "-----BEGIN PRIVATE KEY-----\n"
    "MIIEugIBADANBgkqhkiG9w0BAQEFAASCBKQwggSgAgEAAoIBAQDjdDRKax3jg2Xx\n"
    "K0vxESnkwSxW3Cg7jMyGWi0VxHiMiadm5+G4Q+te4pmk13h2xq2uyWSxIXX0W/dq\n"
    "BqXLuwdBpiYZubwjLqnztNGz9VnVFM4OUBAtfM3VNrP6rJPHC1TmuLPT0J66mtXy\n"
    "9kazVP0FY3X39wE5JH8xX3o8YgWeAl3HgcN2BMXHZ0DsI5PXKJRz/G2cWcFJl8qt\n"
    "hQWWlK3/xaph4u/Eg8bKutjIBNlDI4TvmDUwQu37wiupqz6pjxyMnMJHiUUsnVzA\n"
    "kfZszqkJYGhYs7DFvxQimnphbAjp9LMs4ODIVzTcbuE5m9fAz8gQMxrGwgk2OdRE\n"
    "lMGuZdFFAgMBAAECggEANj9cS1Vx2vXXReY0JgoYakkSOKMoa0+A5hgywYrKz4Xz\n"
    "KY1rXcXBKK+1wkVrozRubw30WHSpC781apGsUENKj0M/ugn8z41NFmVNUHTXWIUu\n"
    "QeahfR/TfaMe2M35LtNKi/6IUR/kA5BzL4/CO/osoHDgzWOZZJYKSe3CGw2r1ku6\n"
    "DTfmg1sc6Sam7HA/ZiGuPOMsleP93z55wDBDz9bgCQA1oDvMl01rKgINlQE2Qzg7\n"
    "MdF9m77mIppTA+w0OasyKdI5lMYA/Qj3tqUeKeIF2IxfdjWeomPtVMaqP1eeoBed\n"
    "YgR5MzgAa1VgrK6RwwFbFQ+u9Le5bYzyKj+w4mHq8QKBgQD2v+FuUmTCpMGyK30E\n"
    "fN4KmWj+1J6gFaptdb6OJlDL1276nQBDadCIJ9ZxGNGkm+S7IbNFb2MfcFfPVOY1\n"
    "9p1XPmCZ+saZvr4cFVsmt+n1cAa/FcQkF0w5er5jck4NAJbFFd4UkG855qfRMJLg\n"
    "DPqu5SMng437TgdCQpHjKsB2qQKBgQDr+yOAh3LFbQ9osCN4o1hQkd/Wb95hKgdw\n"
    "ON05Xxsco1n+MGKdXdYhgCiaPjfYMwRo0/OBlNMqLkgDeaREU3gCbcw0ofeAZQ2Z\n"
    "VJ3wpsObB89F6v3RSino94o240tRy6tTZ0qMFhTxynwsS4KiXMnSCfUhbzNUz+Tx\n"
    "MelmG8MTPQKBgA1V9YMW5Oc4LFfKzejuLrn37JrJNwGD6kAcOv5Hx9ocfJ0C2z7J\n"
    "e0HAlXBrXPk+i7ApdBzuljbexYApIIAOIhbTAjmQOieZDYFLDjAbhIOFWHf/Xyhs\n"
    "MexxW9TYGqvNOljQg74syDYi5zMBIw8E5I+LRskd7RCF+RJ1spjKeLhxAoGAYjh/\n"
    "yGmYPdBtD3fw66+hfLea4VhiyTKDMhSZD94kHMFpHcHp6fI6xGrhe4HWIKjrdu5x\n"
    "dkgJtI7a7odc9gt/8hLdYjLgH5LwHBf6PUZMOGUBwupShyBFXXBbGQl2Oi95uhdO\n"
    "EgzG3vUWxiEP2KCiaEg4vZfZV73IXxQVP6jig0kCfzSxJFcN7753pTYo42QqnVvo\n"
    "ugkZT1FSJEPUVUolUqZ4yQd3LzAjvjA5EtrhPPNQccGu6LHhOjeRt0yY2VzkA/NQ\n"
    "334lep8zWM2C8Ikgig6CGc25A8HB/fU8eJKJk3bgbry8E3PScpRXTq9LfsjMbrni\n"
    "u8dPufizqpAvOol8OVE=\n"
    "-----END PRIVATE KEY-----\n";
const char* const rsa_certificate =
    "MIICxTCCAa2gAwIBAgICEmcwDQYJKoZIhvcNAQELBQAwEzERMA8GA1UEAwwIZnV6eiByc2EwIBcNMjYwMTAxMDAwMDAw"
    "WhgPMjEyNjAxMDEwMDAwMDBaMBMxETAPBgNVBAMMCGZ1enogcnNhMIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKC"
    "AQEA43Q0Smsd44Nl8StL8REp5MEsVtwoO4zMhlotFcR4jImnZufhuEPrXuKZpNd4dsatrslksSF19Fv3agaly7sHQaYm"
    "Gbm8Iy6p87TRs/VZ1RTODlAQLXzN1Taz+qyTxwtU5riz09CeuprV8vZGs1T9BWN19/cBOSR/MV96PGIFngJdx4HDdgTF"
    "x2dA7COT1yiUc/xtnFnBSZfKrYUFlpSt/8WqYeLvxIPGyrrYyATZQyOE75g1MELt+8Irqas+qY8cjJzCR4lFLJ1cwJH2"
    "bM6pCWBoWLOwxb8UIpp6YWwI6fSzLODgyFc03G7hOZvXwM/IEDMaxsIJNjnURJTBrmXRRQIDAQABoyEwHzAdBgNVHQ4E"
    "FgQUQmfMZd8fk0kNd7c/7lcIuWjvzPIwDQYJKoZIhvcNAQELBQADggEBAGzARl9+rUYaZpie8TLMotBsn+kKBvD6tStt"
    "FMXfUl9YjbKf6q5A+walxUbe7IpXLWZBzkOKKbtZAMe11Mtv/+V0Jm9pT2u/G1uczoz9iuD1+Zk1TeEO7m9zwUsfgNqG"
    "bxfXdup+B/x/malecqBDnrmlFUDwIpnp0/QJ7TIsHbjeLaU+d8RtdwrXl3Y6rwOeuiPnRhQRVDZFljGUR8NgymCVAA0C"
    "EUAymiN3qTAnJZYwLXbpZuChRUnRSau+LRjWwI5QVKFSrvG3TAEy16jOp3y8gqPnXMaZJl4u/iPA9q8CdqRkBQcaKXvX"
    "xU6uMZS/fqTugDv2+LEvsoUkQ9KHVfQ=";

// ECDSA's DER form as the r‖s of XML Signature.
Bytes raw_of(const Bytes& der) {
    const unsigned char* at = der.data();
    const std::unique_ptr<ECDSA_SIG, decltype(&ECDSA_SIG_free)> pair(
        d2i_ECDSA_SIG(nullptr, &at, static_cast<long>(der.size())), ECDSA_SIG_free);
    Bytes value(64);
    BN_bn2binpad(ECDSA_SIG_get0_r(pair.get()), value.data(), 32);
    BN_bn2binpad(ECDSA_SIG_get0_s(pair.get()), value.data() + 32, 32);
    return value;
}

}  // namespace

FuzzKey::FuzzKey(const char* pem, const char* certificate)
    : key_(nullptr, EVP_PKEY_free), certificate_(certificate) {
    const std::unique_ptr<BIO, decltype(&BIO_free)> in(BIO_new_mem_buf(pem, -1), BIO_free);
    key_.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr));
    if (!key_) std::abort();
    der_ = from_base64(certificate_).value();
}

Bytes FuzzKey::sign(std::string_view text, const EVP_MD* digest) const {
    const std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    Bytes value(512);
    std::size_t size = value.size();
    if (EVP_DigestSignInit(context.get(), nullptr, digest, nullptr, key_.get()) != 1 ||
        EVP_DigestSign(context.get(), value.data(), &size, as_bytes(text).data(), text.size()) != 1)
        std::abort();
    value.resize(size);
    return EVP_PKEY_is_a(key_.get(), "EC") == 1 ? raw_of(value) : value;
}

const FuzzKey& p256_key() {
    static const FuzzKey made(p256_pem, p256_certificate);
    return made;
}

const FuzzKey& rsa_key() {
    static const FuzzKey made(rsa_pem, rsa_certificate);
    return made;
}

}  // namespace hutong::test
