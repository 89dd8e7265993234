import java.util.List;
import javax.security.auth.callback.Callback;
import javax.security.auth.callback.CallbackHandler;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSDataRef;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.WSPasswordCallback;
import org.apache.ws.security.WSSecurityEngineResult;
import org.apache.ws.security.WSSecurityException;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecEncrypt;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.util.WSSecurityUtil;
import org.w3c.dom.Document;
import org.w3c.dom.Element;

/**
 * Encrypts the Body of a request for the gateway with WSS4J, before or after signing, and opens answers.
 * RSA-OAEP by its older name with SHA-256 as its digest (the mask stays at SHA-1), and AES-256-GCM, are the strongest
 * that this WSS4J knows.
 */
final class Encryption {
    final boolean beforeSigning;
    private final String certificateFile;
    private final String cipher;
    private final String digest;

    Encryption(String certificateFile, String order, String cipher, String digest) {
        this.certificateFile = certificateFile;
        this.beforeSigning = order.equals("encrypt-sign");
        this.cipher = cipher;
        this.digest = digest;
    }

    void encrypt(Document envelope, Merlin crypto, WSSecHeader header) throws Exception {
        WSSecEncrypt encrypt = new WSSecEncrypt();
        encrypt.setUseThisCert(Pem.certificate(certificateFile));
        encrypt.setKeyIdentifierType(WSConstants.THUMBPRINT_IDENTIFIER);
        encrypt.setKeyEnc(WSConstants.KEYTRANSPORT_RSAOEP);
        if (digest != null) {
            encrypt.setDigestAlgorithm(digest);
        }
        encrypt.setSymmetricEncAlgorithm(cipher);
        encrypt.setParts(List.of(
            new WSEncryptionPart("Body", envelope.getDocumentElement().getNamespaceURI(), "Content")));
        encrypt.build(envelope, crypto, header);
    }

    /** The algorithm with which the Body of an answer was encrypted; null for a fault that was not. */
    static String opened(List<WSSecurityEngineResult> results, Document envelope) throws WSSecurityException {
        WSSecurityEngineResult encryption = WSSecurityUtil.fetchActionResult(results, WSConstants.ENCR);
        if (encryption == null) {
            Element body = WSSecurityUtil.findBodyElement(envelope);
            if (WSSecurityUtil.getDirectChildElement(body, "Fault", body.getNamespaceURI()) != null) {
                return null;
            }
            throw new WSSecurityException("the answer is not encrypted");
        }
        for (Object reference : (List<?>) encryption.get(WSSecurityEngineResult.TAG_DATA_REF_URIS)) {
            WSDataRef data = (WSDataRef) reference;
            if (data.getProtectedElement() == WSSecurityUtil.findBodyElement(envelope)) {
                return data.getAlgorithm();
            }
        }
        throw new WSSecurityException("the Body of the answer is not encrypted");
    }

    static CallbackHandler passwords() {
        return callbacks -> {
            for (Callback callback : callbacks) {
                ((WSPasswordCallback) callback).setPassword(Pem.PASSWORD);
            }
        };
    }
}
