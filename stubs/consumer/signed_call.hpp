// Signs one outgoing gSOAP call and verifies what comes back, with gSOAP's own wsse plugin.
//
// WS-Security 1.1.1, X.509 Token Profile: BinarySecurityToken, wsu:Timestamp, Body and Timestamp signed with
// RSA-SHA256. One object per call and thread; it must outlive the call on its context. Constructors throw
// Failure.
#pragma once

#include <memory>
#include <string>

struct soap;

namespace hutong::consumer {

struct CallOptions {
    std::string key_file;   // PEM, RSA
    std::string cert_file;  // PEM
    std::string ca_file;    // whom the response's signer must be certified by
    bool tamper{false};     // change a digit of the Body after it was signed
    int timeout_seconds{30};
};

// What a fault said, as it was received.
struct Fault {
    std::string code;
    std::string reason;
    std::string detail_code;  // of the declared fault message: NotFound, BadCode, …
};

class SignedCall {
  public:
    explicit SignedCall(const CallOptions& options);
    ~SignedCall();
    SignedCall(const SignedCall&) = delete;
    SignedCall& operator=(const SignedCall&) = delete;

    struct soap* context() const;

    // Puts token, Timestamp and signature on the next call; verification of its answer is armed.
    void prepare();

    // After the call: whether a whole SOAP message came back, believed or not.
    bool answered() const;

    // True when its signature, its signer's certificate and the Timestamp are good
    // and the signature covers Body and Timestamp; else problem() says which does not hold.
    bool response_verified() const;
    const std::string& problem() const;

    // The service's fault; empty code when it sent none.
    const Fault& fault() const;

  private:
    struct State;
    std::unique_ptr<State> state_;
};

}  // namespace hutong::consumer
