import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.xml.transform.TransformerFactory;
import javax.xml.transform.dom.DOMSource;
import javax.xml.transform.stream.StreamResult;
import org.apache.axis.AxisFault;
import org.apache.axis.Message;
import org.apache.axis.MessageContext;
import org.apache.axis.SOAPPart;
import org.apache.axis.handlers.BasicHandler;
import org.apache.ws.security.WSConstants;
import org.apache.ws.security.WSEncryptionPart;
import org.apache.ws.security.components.crypto.Merlin;
import org.apache.ws.security.message.WSSecHeader;
import org.apache.ws.security.message.WSSecSignature;
import org.apache.ws.security.message.WSSecTimestamp;
import org.apache.ws.security.message.WSSecUsernameToken;
import org.w3c.dom.Document;

/**
 * Signs Body and Timestamp of an Axis request with WSS4J, which since 1.6 brings no Axis handlers of its own; on request
 * a UsernameToken too, and the Body encrypted.
 */
final class SigningHandler extends BasicHandler {
    private static final long serialVersionUID = 1;
    private final transient Merlin crypto;
    private final String algorithm;
    private final int keyIdentifier;
    private final String user;
    private final String password;
    private final transient Encryption encryption;

    /** How the message names its certificate. */
    private static final Map<String, Integer> KEY_IDENTIFIERS =
        Map.of("token", WSConstants.BST_DIRECT_REFERENCE, "issuer-serial", WSConstants.ISSUER_SERIAL,
               "ski", WSConstants.SKI_KEY_IDENTIFIER, "thumbprint", WSConstants.THUMBPRINT_IDENTIFIER);

    /** No UsernameToken where {@code user} is null, no encryption where that is null. */
    SigningHandler(Merlin crypto, String algorithm, String keyIdentifier, String user, String password,
                   Encryption encryption) {
        this.crypto = crypto;
        this.algorithm = algorithm;
        this.keyIdentifier = KEY_IDENTIFIERS.get(keyIdentifier);
        this.user = user;
        this.password = password;
        this.encryption = encryption;
    }

    @Override
    public void invoke(MessageContext context) throws AxisFault {
        try {
            Message message = context.getRequestMessage();
            byte[] signed = bytes(sign(message.getSOAPEnvelope().getAsDocument()));
            ((SOAPPart) message.getSOAPPart()).setCurrentMessage(signed, SOAPPart.FORM_BYTES);
        } catch (Exception problem) {
            throw AxisFault.makeFault(problem);
        }
    }

    private Document sign(Document envelope) throws Exception {
        WSSecHeader header = new WSSecHeader();
        header.insertSecurityHeader(envelope);
        WSSecTimestamp timestamp = new WSSecTimestamp();
        timestamp.setTimeToLive(300);
        timestamp.build(envelope, header);
        String soap = envelope.getDocumentElement().getNamespaceURI();
        List<WSEncryptionPart> parts = new ArrayList<>(
            List.of(new WSEncryptionPart("Body", soap, ""), new WSEncryptionPart("Timestamp", WSConstants.WSU_NS, "")));
        if (user != null) {
            WSSecUsernameToken token = new WSSecUsernameToken();
            token.setPasswordType(WSConstants.PASSWORD_DIGEST);
            token.setUserInfo(user, password);
            token.build(envelope, header);
            parts.add(new WSEncryptionPart("UsernameToken", WSConstants.WSSE_NS, ""));
        }
        // Whatever is done is put in front, so that the receiver undoes the last step first.
        if (encryption != null && encryption.beforeSigning) {
            encryption.encrypt(envelope, crypto, header);
        }
        WSSecSignature signature = new WSSecSignature();
        signature.setUserInfo(Pem.ALIAS, Pem.PASSWORD);
        signature.setKeyIdentifierType(keyIdentifier);
        signature.setSignatureAlgorithm(algorithm);
        signature.setDigestAlgo("http://www.w3.org/2001/04/xmlenc#sha256");
        signature.setParts(parts);
        signature.build(envelope, crypto, header);
        if (encryption != null && !encryption.beforeSigning) {
            encryption.encrypt(envelope, crypto, header);
        }
        return envelope;
    }

    static byte[] bytes(Document document) throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        TransformerFactory.newInstance().newTransformer().transform(new DOMSource(document), new StreamResult(out));
        return out.toByteArray();
    }
}
