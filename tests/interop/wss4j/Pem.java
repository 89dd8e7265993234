import java.io.ByteArrayInputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;

/** Java key stores, in memory, from PEM files. */
final class Pem {
    static final String ALIAS = "caller";
    static final String PASSWORD = "in-memory";

    private Pem() {}

    static KeyStore trusted(String caFile) throws Exception {
        KeyStore store = empty();
        int count = 0;
        for (Certificate ca : certificates(caFile)) {
            store.setCertificateEntry("ca" + count++, ca);
        }
        return store;
    }

    static KeyStore keyPair(String keyFile, String certificateFile) throws Exception {
        String text = Files.readString(Path.of(keyFile)).replaceAll("-----[A-Z ]+-----|\\s", "");
        Certificate[] chain = certificates(certificateFile).toArray(new Certificate[0]);
        KeyFactory factory = KeyFactory.getInstance(chain[0].getPublicKey().getAlgorithm());
        PrivateKey key = factory.generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(text)));
        KeyStore store = empty();
        store.setKeyEntry(ALIAS, key, PASSWORD.toCharArray(), chain);
        return store;
    }

    static X509Certificate certificate(String file) throws Exception {
        return (X509Certificate) certificates(file).iterator().next();
    }

    private static Collection<? extends Certificate> certificates(String file) throws Exception {
        byte[] pem = Files.readAllBytes(Path.of(file));
        return CertificateFactory.getInstance("X.509").generateCertificates(new ByteArrayInputStream(pem));
    }

    private static KeyStore empty() throws GeneralSecurityException, java.io.IOException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        store.load(null, null);
        return store;
    }
}
