using System.Collections.Immutable;
using System.Numerics;
using System.Runtime.InteropServices;
using Hls4Net.Diagnostics;
using Hls4Net.Graph;
using Hls4Net.Onnx;
using PureHDF;

namespace Hls4Net.Keras;

/// <summary>A group of an HDF5 file: texts, groups and tensors by name.</summary>
/// <param name="Texts">Attributes that are texts, or lists of these.</param>
/// <param name="Groups">Groups below.</param>
/// <param name="Tensors">Data sets of numbers.</param>
internal sealed record HdfTree(
    IReadOnlyDictionary<string, ImmutableArray<string>> Texts,
    IReadOnlyDictionary<string, HdfTree> Groups, IReadOnlyDictionary<string, Constant> Tensors)
{
    private const int MostDepth = 64, MostObjects = 1 << 18, MostText = 1 << 26;

    // A file is read in pieces, some of them several times; deflate makes at most a thousand bytes of one.
    private const long ReadsPerByte = 64, LeastReads = 1 << 24, MostExpansion = 1100;

    // What a reader that follows damaged references may nest before the bytes that it may read are used up.
    private const int StackSize = 1 << 28;

    /// <summary>Reads a file without what <paramref name="skip"/> names, such as an optimizer's state.</summary>
    /// <exception cref="ModelException">It is no HDF5 file, or damaged.</exception>
    public static HdfTree Read(byte[] bytes, string what, Func<string, bool> skip)
    {
        HdfTree? tree = null;
        ModelException? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using BoundedStream stream = new(bytes, Math.Max(LeastReads, bytes.Length * ReadsPerByte));
                using NativeFileOf file = new(stream);
                tree = new Walk(bytes.Length, skip).Group(file.Root, 0);
            }
            catch (ModelException e)
            {
                failure = e;
            }
            // A damaged file makes the library fail in any way; what it says of it is the best there is.
            catch (Exception e)
            {
                failure = new ModelException(Descriptors.NotAKerasModel,
                    $"{what} is no HDF5 file, or it is damaged ({bytes.Length} bytes read: {e.Message})");
            }
        }, StackSize);
        thread.Start();
        thread.Join();
        return tree ?? throw failure!;
    }

    private sealed class NativeFileOf(Stream stream) : IDisposable
    {
        private readonly PureHDF.VOL.Native.NativeFile _file = H5File.Open(stream);

        public IH5Group Root => _file;

        public void Dispose() => _file.Dispose();
    }

    private sealed class Walk(long fileLength, Func<string, bool> skip)
    {
        private readonly long _mostBytes = fileLength * MostExpansion;
        private long _bytes, _elements, _text;
        private int _objects;

        public HdfTree Group(IH5Group group, int depth)
        {
            if (depth > MostDepth)
                throw Damaged($"its groups are more than {MostDepth} deep");
            if (SymbolicLinks.AreIn(group))
                throw Damaged("it has links by path, which no Keras file has; save the model again");
            Dictionary<string, ImmutableArray<string>> texts = new(StringComparer.Ordinal);
            foreach (IH5Attribute attribute in group.Attributes())
            {
                Count();
                if (Text(attribute) is ImmutableArray<string> text)
                    texts[attribute.Name] = text;
            }
            Dictionary<string, HdfTree> groups = new(StringComparer.Ordinal);
            Dictionary<string, Constant> tensors = new(StringComparer.Ordinal);
            foreach (IH5Object child in group.Children())
            {
                Count();
                if (skip(child.Name))
                    continue;
                if (child is IH5Group inner)
                    groups[child.Name] = Group(inner, depth + 1);
                else if (child is IH5Dataset data && Tensor(data) is Constant tensor)
                    tensors[child.Name] = tensor;
            }
            return new HdfTree(texts, groups, tensors);
        }

        private void Count()
        {
            if (++_objects > MostObjects)
                throw Damaged($"it has more than {MostObjects} groups, data sets and attributes");
        }

        private static ModelException Damaged(string why) =>
            new(Descriptors.NotAKerasModel, $"the weights cannot be read: {why}");

        // An empty list has been written as one of numbers.
        private ImmutableArray<string>? Text(IH5Attribute attribute)
        {
            ulong count = Elements(attribute.Space);
            if (count == 0)
                return [];
            if (attribute.Type.Class is not (H5DataTypeClass.String or H5DataTypeClass.VariableLength))
                return null;
            _text += checked((long)count * Math.Max(attribute.Type.Size, 1));
            if (_text > MostText)
                throw Damaged("its attributes are larger than any network's");
            if (attribute.Space.Dimensions.Length == 0)
                return [attribute.Read<string>() ?? ""];
            return [.. attribute.Read<string[]>().Select(t => t ?? "")];
        }

        private Constant? Tensor(IH5Dataset data)
        {
            if (data.Type.Class is not (H5DataTypeClass.FloatingPoint or H5DataTypeClass.FixedPoint
                or H5DataTypeClass.Enumerated))
                return null;
            ulong count = Elements(data.Space);
            _bytes += checked((long)count * data.Type.Size);
            if (_bytes > _mostBytes)
                throw Damaged($"its tensors need {_bytes} bytes, more than a file of {fileLength} bytes can hold");
            _elements += (long)count;
            if (_elements > NetworkBuilder.MaxConstants)
                throw Damaged($"its tensors have {_elements} numbers; up to {NetworkBuilder.MaxConstants} are supported");
            int[] shape = [.. data.Space.Dimensions.Select(d => checked((int)d))];
            return count == 0 ? null : new Constant(new Shape(shape),
                ImmutableCollectionsMarshal.AsImmutableArray(Numbers(data, shape.Length == 0)));
        }

        private static double[] Numbers(IH5Dataset data, bool scalar) => (data.Type.Class, data.Type.Size) switch
        {
            (H5DataTypeClass.FloatingPoint, 8) => All<double>(data, scalar),
            (H5DataTypeClass.FloatingPoint, 4) => All<float>(data, scalar),
            (H5DataTypeClass.FloatingPoint, 2) => All<Half>(data, scalar),
            (H5DataTypeClass.Enumerated, 1) => All<byte>(data, scalar),
            (H5DataTypeClass.FixedPoint, 1) when data.Type.FixedPoint.IsSigned => All<sbyte>(data, scalar),
            (H5DataTypeClass.FixedPoint, 1) => All<byte>(data, scalar),
            (H5DataTypeClass.FixedPoint, 2) when data.Type.FixedPoint.IsSigned => All<short>(data, scalar),
            (H5DataTypeClass.FixedPoint, 2) => All<ushort>(data, scalar),
            (H5DataTypeClass.FixedPoint, 4) when data.Type.FixedPoint.IsSigned => All<int>(data, scalar),
            (H5DataTypeClass.FixedPoint, 4) => All<uint>(data, scalar),
            (H5DataTypeClass.FixedPoint, 8) when data.Type.FixedPoint.IsSigned => All<long>(data, scalar),
            (H5DataTypeClass.FixedPoint, 8) => All<ulong>(data, scalar),
            _ => throw Damaged($"'{data.Name}' has numbers of {data.Type.Size} bytes"),
        };

        // The numbers and what they were read as, at most: large tensors are most of what a model takes.
        private static double[] All<T>(IH5Dataset data, bool scalar)
            where T : unmanaged, INumber<T>
        {
            T[] read = scalar ? [data.Read<T>()] : data.Read<T[]>();
            if (read is double[] already)
                return already;
            double[] numbers = new double[read.Length];
            for (int i = 0; i < numbers.Length; i++)
                numbers[i] = double.CreateChecked(read[i]);
            return numbers;
        }

        private static ulong Elements(IH5Dataspace space)
        {
            ulong count = 1;
            foreach (ulong dimension in space.Dimensions)
                count = checked(count * dimension);
            return count <= int.MaxValue ? count : throw Damaged($"it has a tensor of {count} elements");
        }
    }
}
