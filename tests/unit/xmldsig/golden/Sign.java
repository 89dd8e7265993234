// Made golden/wss4j_*.xml with Apache WSS4J 1.6.19 (Debian libwss4j-java): Body, Timestamp and, by the STR-Transform,
// the token are signed. Arguments: a PKCS#12 file with the key "agency", the plain message, the output, single|pkipath,
// the signature method. RSA-PSS needs Bouncy Castle (libbcprov-java). The P-521 one was made again until its value was
// 130 bytes long instead of 132.
import java.io.*; import java.security.*; import java.util.*;
import javax.xml.parsers.*; import javax.xml.transform.*; import javax.xml.transform.dom.*; import javax.xml.transform.stream.*;
import org.apache.ws.security.*; import org.apache.ws.security.message.*; import org.apache.ws.security.components.crypto.*;
import org.w3c.dom.Document;
public class Sign {
  public static void main(String[] a) throws Exception {
    Security.addProvider(new org.bouncycastle.jce.provider.BouncyCastleProvider());
    Properties p = new Properties();
    p.put("org.apache.ws.security.crypto.provider","org.apache.ws.security.components.crypto.Merlin");
    p.put("org.apache.ws.security.crypto.merlin.keystore.type","pkcs12");
    p.put("org.apache.ws.security.crypto.merlin.keystore.password","secret");
    p.put("org.apache.ws.security.crypto.merlin.keystore.file",a[0]);
    Crypto c = CryptoFactory.getInstance(p);
    DocumentBuilderFactory f = DocumentBuilderFactory.newInstance(); f.setNamespaceAware(true);
    Document d = f.newDocumentBuilder().parse(new File(a[1]));
    WSSecHeader h = new WSSecHeader(); h.insertSecurityHeader(d);
    WSSConfig cfg = WSSConfig.getNewInstance();
    WSSecTimestamp t = new WSSecTimestamp(cfg); t.setTimeToLive(300); t.build(d,h);
    WSSecSignature s = new WSSecSignature(cfg); s.setUserInfo("agency","secret");
    s.setKeyIdentifierType(WSConstants.BST_DIRECT_REFERENCE);
    if (a[3].equals("pkipath")) s.setUseSingleCertificate(false);
    s.setSignatureAlgorithm(a[4]);
    s.setDigestAlgo("http://www.w3.org/2001/04/xmlenc#sha256");
    List<WSEncryptionPart> parts = new ArrayList<>();
    parts.add(new WSEncryptionPart("Body","http://schemas.xmlsoap.org/soap/envelope/",""));
    parts.add(new WSEncryptionPart("Timestamp",WSConstants.WSU_NS,""));
    parts.add(new WSEncryptionPart("STRTransform","",""));
    s.setParts(parts);
    Document r = s.build(d,c,h);
    Transformer x = TransformerFactory.newInstance().newTransformer();
    x.setOutputProperty("omit-xml-declaration","yes");
    x.transform(new DOMSource(r), new StreamResult(new File(a[2])));
  }
}
