using HlsModelProject;

// Example is made from models/example.onnx: what it computes is what the firmware computes, bit for bit.
float[] input = [0.5f, -0.25f, 0.75f, 0f];
float[] output = new float[3];
Example.Predict(input, output);
Console.WriteLine(string.Join(' ', output));
