// Signs FOLDER/text with the SM2 key FOLDER/key.pem by the id FOLDER/id into FOLDER/bouncycastle (DER), and says whether
// FOLDER/ours (DER) is a signature of the same; by Bouncy Castle, which shares no code with OpenSSL.
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.Signature;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import org.bouncycastle.jcajce.spec.SM2ParameterSpec;
import org.bouncycastle.jce.interfaces.ECPrivateKey;
import org.bouncycastle.jce.provider.BouncyCastleProvider;
import org.bouncycastle.jce.spec.ECParameterSpec;
import org.bouncycastle.jce.spec.ECPublicKeySpec;

public class Sm2 {
    public static void main(String[] arguments) throws Exception {
        BouncyCastleProvider provider = new BouncyCastleProvider();
        Path folder = Path.of(arguments[0]);
        String pem = Files.readString(folder.resolve("key.pem")).replaceAll("-----[A-Z ]+-----|\\s", "");
        KeyFactory factory = KeyFactory.getInstance("EC", provider);
        ECPrivateKey key = (ECPrivateKey) factory.generatePrivate(
            new PKCS8EncodedKeySpec(Base64.getDecoder().decode(pem)));
        ECParameterSpec curve = key.getParameters();
        PublicKey open = factory.generatePublic(new ECPublicKeySpec(curve.getG().multiply(key.getD()), curve));
        byte[] text = Files.readAllBytes(folder.resolve("text"));
        SM2ParameterSpec id = new SM2ParameterSpec(Files.readAllBytes(folder.resolve("id")));

        Signature signer = Signature.getInstance("SM3WITHSM2", provider);
        signer.setParameter(id);
        signer.initSign(key);
        signer.update(text);
        Files.write(folder.resolve("bouncycastle"), signer.sign());

        Signature verifier = Signature.getInstance("SM3WITHSM2", provider);
        verifier.setParameter(id);
        verifier.initVerify(open);
        verifier.update(text);
        System.out.println(verifier.verify(Files.readAllBytes(folder.resolve("ours"))));
    }
}
